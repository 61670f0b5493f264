// Two taps or clicks on the same place, close together.
const WITHIN = 400; // milliseconds; longer than any player waits for a second tap, which would else leap ahead
const PATIENCE = 250; // how long a finger's single tap waits for a second one
const NEAR = 32;
const STAY = 700;
let last = null;

/** Whether the click `event` is the second of a pair. Every click that may be a first one has to be shown to it. */
export function isSecond(event) {
  const pair = last !== null && event.timeStamp - last.at < WITHIN && Math.hypot(event.clientX - last.x, event.clientY - last.y) < NEAR;
  last = pair ? null : { at: event.timeStamp, x: event.clientX, y: event.clientY };
  return pair;
}

/** Does `once` unless a second tap follows; then, `twice`. */
export function tapped(event, { once, twice }) {
  if (isSecond(event)) {
    clearTimeout(waiting);
    twice();
  } else {
    waiting = setTimeout(once, PATIENCE);
  }
}

let waiting = null;

/**
 * Does `twice` after two taps on what `on(target)` says yes to below `place`. It hears touches, not clicks: a player keeps those
 * to itself, and leaps ahead at the second one unless that is taken from it.
 */
export function watchDoubleTaps(place, on, twice) {
  let start = null;
  place.addEventListener("touchstart", (event) => {
    start = event.touches.length === 1 && on(event.target) ? event.touches[0] : null;
  }, { passive: true });
  place.addEventListener("touchend", (event) => {
    const end = event.changedTouches[0];
    const still = start?.identifier === end.identifier && Math.hypot(end.clientX - start.clientX, end.clientY - start.clientY) < NEAR;
    start = null;
    if (!still || !isSecond({ timeStamp: event.timeStamp, clientX: end.clientX, clientY: end.clientY })) return;
    event.preventDefault();
    event.stopPropagation();
    twice();
  }, { capture: true, passive: false });
}

/** A heart upon `frame` for a moment: it swells, or simply shows where motion is not wanted. */
export function heart(frame) {
  const drawing = document.querySelector("[data-like] .icon")?.cloneNode(true);
  if (!drawing) return;
  const burst = document.createElement("span");
  burst.className = "heart";
  burst.setAttribute("aria-hidden", "true");
  burst.append(drawing);
  frame.append(burst);
  setTimeout(() => burst.remove(), STAY);
}
