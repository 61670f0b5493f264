// Selecting many: by click and Shift-click, by touch, and by keyboard (x, Space, arrows with Shift, Ctrl or Cmd and A, Escape).
const WRITES = "input:not([type=checkbox]), textarea, select, [contenteditable]";
const PRESSES = "a, button, label, input, video, summary";

const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/**
 * Lets the boxes [data-select] below `list` be selected; calls `changed()` after every change. What is selected is what is
 * checked: there is no other state, so cards may come, go and be swapped.
 */
export function selection(list, changed) {
  let anchor = null;
  const boxes = () => [...list.querySelectorAll("[data-select]")];
  const cards = () => boxes().filter((box) => box.checked).map((box) => box.closest("[data-draft]"));

  function set(some, checked) {
    for (const box of some) box.checked = checked;
    changed();
  }

  /** Gives all boxes from the one set last to `box` the state `checked`. */
  function reach(box, checked) {
    const all = boxes();
    const from = all.indexOf(anchor);
    if (from < 0) return set([box], checked);
    const to = all.indexOf(box);
    return set(all.slice(Math.min(from, to), Math.max(from, to) + 1), checked);
  }

  function toggle(box, { extend = false } = {}) {
    if (extend && anchor?.isConnected) reach(box, box.checked);
    else changed();
    anchor = box;
  }

  list.addEventListener("click", (event) => {
    const box = event.target.closest("[data-select]");
    if (box) return toggle(box, { extend: event.shiftKey });
    // Beside its buttons the whole card is its box, once something is selected or a key says so.
    const mine = event.target.closest("[data-draft]")?.querySelector("[data-select]");
    if (!mine || event.target.closest(PRESSES) || !(cards().length || event.shiftKey || event.ctrlKey || event.metaKey)) return undefined;
    mine.checked = event.shiftKey || !mine.checked;
    return toggle(mine, { extend: event.shiftKey });
  });
  // A range is being selected, not text.
  list.addEventListener("mousedown", (event) => event.shiftKey && event.target.closest("[data-draft]") && event.preventDefault());

  function onArrow(event, box) {
    const all = boxes();
    const next = all[all.indexOf(box) + step[event.key]];
    event.preventDefault();
    if (!next) return;
    next.focus();
    if (!event.shiftKey) return;
    if (!box.checked) box.checked = true;
    if (!anchor?.isConnected || !anchor.checked) anchor = box;
    reach(next, true);
  }

  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]") || event.target.closest(WRITES)) return;
    const alone = !event.ctrlKey && !event.metaKey && !event.altKey;
    const box = event.target.closest("[data-draft]")?.querySelector("[data-select]");
    if (alone && event.key.toLowerCase() === "x" && box) {
      box.checked = !box.checked;
      box.focus();
      toggle(box, { extend: event.shiftKey });
    } else if (alone && step[event.key] && event.target === box) {
      onArrow(event, box);
    } else if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "a" && boxes().length) {
      event.preventDefault();
      set(boxes(), true);
    } else if (event.key === "Escape" && cards().length) {
      set(boxes(), false);
    }
  });

  return { cards, all: () => set(boxes(), true), none: () => set(boxes(), false), count: () => boxes().length };
}
