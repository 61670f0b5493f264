// Sound in the feed: none until somebody asks for it, and then of one video at a time, the one most in view.
let wanted = false;

const playing = () => [...document.querySelectorAll(".post-card video.playing")];

function inView(video) {
  const box = video.getBoundingClientRect();
  return Math.max(0, Math.min(box.bottom, innerHeight) - Math.max(box.top, 0)) / Math.max(1, box.height);
}

function show(heard) {
  for (const button of document.querySelectorAll("[data-sound]")) {
    const video = button.closest(".post-card").querySelector("video");
    button.setAttribute("aria-pressed", String(video === heard));
  }
}

/** Gives the sound to `video`, or without one to whatever is most in view; everything else is silent. */
function give(video) {
  const best = !wanted ? null : video ?? playing().sort((one, other) => inView(other) - inView(one))[0] ?? null;
  for (const other of document.querySelectorAll(".post-card video")) other.muted = other !== best;
  if (best?.paused) {
    // The browser allows no sound here without another gesture: it goes on silently.
    wanted = false;
    best.muted = true;
    best.play().catch(() => {});
  }
  show(wanted ? best : null);
}

let next = 0;
function later() {
  cancelAnimationFrame(next);
  next = requestAnimationFrame(() => wanted && give(null));
}

/** Makes every sound button of the page work, also those that come later. A button is there while its video plays. */
export function watchSound() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-sound]");
    if (!button) return;
    const video = button.closest(".post-card").querySelector("video");
    wanted = button.getAttribute("aria-pressed") !== "true";
    give(video);
  });
  document.addEventListener("playing", (event) => {
    const button = event.target.closest?.(".post-card")?.querySelector("[data-sound]");
    if (!button) return;
    button.hidden = false;
    if (wanted) give(null);
  }, true);
  document.addEventListener("pause", (event) => { if (wanted && event.target.closest?.(".post-card")) later(); }, true);
  addEventListener("scroll", later, { passive: true });
}
