// A finger that rests on a small video plays it, as a pointer that hovers does; a tap still opens it.
import { mayAutoplay } from "./autoplay.js";

const LONG = 350; // ms
const FAR = 10; // px: from there on it scrolls

/** Lets the small videos below `root` play while a finger rests on them. */
export function playOnHold(root) {
  let held = null;
  let timer = null;
  let from = null;

  function end() {
    clearTimeout(timer);
    if (!held) return;
    held.pause();
    held.classList.remove("playing");
    held.currentTime = 0;
    held = null;
  }

  function begin(video) {
    held = video;
    video.src ||= video.dataset.src;
    video.muted = true;
    video.play().catch(() => {});
  }

  root.addEventListener("pointerdown", (event) => {
    const video = event.pointerType === "touch" && event.target.closest("a")?.querySelector("video[data-src]");
    end();
    if (!video || !mayAutoplay()) return;
    from = event;
    timer = setTimeout(begin, LONG, video);
  });
  root.addEventListener("pointermove", (event) => {
    if (from && !held && Math.hypot(event.clientX - from.clientX, event.clientY - from.clientY) > FAR) clearTimeout(timer);
  });
  // What was held was looked at; lifting the finger does not open it too.
  root.addEventListener("click", (event) => {
    if (!held) return;
    event.preventDefault();
    event.stopPropagation();
    end();
  }, true);
  root.addEventListener("contextmenu", (event) => held && event.preventDefault());
  root.addEventListener("pointerup", () => {
    clearTimeout(timer);
    // The click, if one follows, comes first.
    setTimeout(end);
  });
  root.addEventListener("pointercancel", end);
}
