// Colours before pictures: paints each frame's ThumbHash behind it and finds the light it glows in.
import { averageColour, decode } from "./thumbhash.js";

function bytesOf(text) {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}

/** The placeholder `text` (base64) as a data URL. */
function picture(bytes) {
  const { width, height, pixels } = decode(bytes);
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d").putImageData(new ImageData(pixels, width, height), 0, 0);
  return canvas.toDataURL();
}

/** Paints the placeholder of `frame` now. */
export function paint(frame) {
  const bytes = bytesOf(frame.dataset.placeholder ?? "");
  if (bytes.length < 6) return;
  frame.style.backgroundImage = `url(${picture(bytes)})`;
  frame.style.setProperty("--glow", `rgb(${averageColour(bytes).join(" ")})`);
}

const near = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    near.unobserve(target);
    paint(target);
  }
}, { rootMargin: "150% 0px" });

/** Paints every frame below `root` that carries a placeholder and has none painted yet, as it comes near. */
export function paintPlaceholders(root) {
  for (const frame of root.querySelectorAll("[data-placeholder]:not(.painted)")) {
    frame.classList.add("painted");
    near.observe(frame);
  }
}
