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

/** Paints every frame below `root` that carries a placeholder and has none painted yet. */
export function paintPlaceholders(root) {
  for (const frame of root.querySelectorAll("[data-placeholder]:not(.painted)")) {
    const bytes = bytesOf(frame.dataset.placeholder);
    frame.classList.add("painted");
    if (bytes.length < 6) continue;
    frame.style.backgroundImage = `url(${picture(bytes)})`;
    frame.style.setProperty("--glow", `rgb(${averageColour(bytes).join(" ")})`);
  }
}
