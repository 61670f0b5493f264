// Which way a finger went.
const FAR = 56;
const CONTROLS = 72; // a player's own bar at its lower edge keeps its drags

/** Calls `does.left`, `.right`, `.up` or `.down` after a swipe across `place`. */
export function watchSwipes(place, does) {
  let start = null;
  place.addEventListener("pointerdown", (event) => {
    const player = event.target.closest("video");
    const onBar = player && event.clientY > player.getBoundingClientRect().bottom - CONTROLS;
    start = event.pointerType === "touch" && event.isPrimary && !onBar ? event : null;
  });
  place.addEventListener("pointercancel", () => { start = null; });
  place.addEventListener("pointerup", (event) => {
    if (!start || event.pointerId !== start.pointerId) return;
    const x = event.clientX - start.clientX;
    const y = event.clientY - start.clientY;
    start = null;
    if (Math.max(Math.abs(x), Math.abs(y)) < FAR) return;
    if (Math.abs(x) > Math.abs(y)) does[x < 0 ? "left" : "right"]();
    else does[y < 0 ? "up" : "down"]();
  });
}
