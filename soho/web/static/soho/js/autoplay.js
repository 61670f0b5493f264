// Videos in the feed: loaded when near the screen as one scrolls, playing while at least half of them is in view, muted and looped.

const HALF = 0.5;
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const saveData = () => navigator.connection?.saveData || matchMedia("(prefers-reduced-data: reduce)").matches;

/** Whether videos may move by themselves here. */
export const mayAutoplay = () => !calm.matches && !saveData();

function load(video) {
  if (!video.src) video.src = video.dataset.src;
}

function play(video) {
  load(video);
  video.muted = true;
  // Refused without a gesture on some phones: then the thumbnail simply stays.
  video.play().catch(() => {});
}

function rest(video) {
  video.pause();
  video.classList.remove("playing");
}

const near = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (isIntersecting && mayAutoplay()) {
      target.preload = "auto";
      load(target);
    }
  }
}, { rootMargin: "60% 0px" });

// Who has not scrolled yet may never: until then only what is seen is fetched.
const scrolled = new Promise((resolve) => addEventListener("scroll", resolve, { once: true, passive: true }));

const inView = new IntersectionObserver((entries) => {
  for (const { target, intersectionRatio } of entries) {
    target.dataset.inView = String(intersectionRatio >= HALF);
    if (intersectionRatio >= HALF && mayAutoplay() && !suspended) play(target);
    else rest(target);
  }
}, { threshold: [0, HALF] });

let suspended = false;

/** Stops all of them (while the viewer is open), or lets those in view go on. */
export function suspend(yes) {
  suspended = yes;
  for (const video of document.querySelectorAll("video[data-in-view]")) {
    if (yes) rest(video);
    else if (video.dataset.inView === "true" && mayAutoplay()) play(video);
  }
}

function prepare(video) {
  if (video.dataset.ready) return false;
  video.dataset.ready = "yes";
  // The picture stays until the first frame is really there.
  video.addEventListener("playing", () => video.classList.add("playing"));
  video.addEventListener("error", () => rest(video));
  return true;
}

/** Lets the videos of the posts below `root` play by themselves. */
export function autoplay(root) {
  for (const video of root.querySelectorAll(".post-card video[data-src]")) {
    if (!prepare(video)) continue;
    scrolled.then(() => near.observe(video));
    inView.observe(video);
  }
}

/** Lets the small videos below `root` play while the pointer or the focus is on them. */
export function playOnHover(root) {
  for (const video of root.querySelectorAll(".tile video[data-src], .draft-card video[data-src]")) {
    if (!prepare(video)) continue;
    const link = video.closest("a");
    const begin = () => mayAutoplay() && play(video);
    const end = () => { rest(video); video.currentTime = 0; };
    link.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && begin());
    link.addEventListener("pointerleave", end);
    link.addEventListener("focus", () => link.matches(":focus-visible") && begin());
    link.addEventListener("blur", end);
  }
}

document.addEventListener("visibilitychange", () => suspend(document.hidden || document.querySelector("dialog.viewer[open]") !== null));
calm.addEventListener("change", () => suspend(calm.matches));
