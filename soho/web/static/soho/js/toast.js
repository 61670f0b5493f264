// A line that says what has just happened, and goes by itself.
import { surface } from "./surface.js";

const STAY = 6000;
const UNDO = 10_000; // as long as there is something to undo
const LATER = "toast"; // in the session's storage: what the next page is to say

function dismissLater(toast, stay = STAY) {
  let timer = setTimeout(() => toast.remove(), stay);
  const until = Date.now() + stay;
  const hold = () => clearTimeout(timer);
  const release = () => { timer = setTimeout(() => toast.remove(), Math.max(until - Date.now(), STAY / 2)); };
  toast.addEventListener("pointerenter", hold);
  toast.addEventListener("pointerleave", release);
  toast.addEventListener("focusin", hold);
  toast.addEventListener("focusout", release);
  toast.querySelector("[data-dismiss-toast]").addEventListener("click", () => toast.remove());
}

/**
 * Shows `text` for `stay` ms, with an optional link `{href, text}` or action `{text, act}`. A failure interrupts a screen reader,
 * anything else waits its turn.
 */
export function toast(text, { link, action, failed = false, stay = STAY } = {}) {
  const line = document.createElement("div");
  line.className = failed ? "toast failed" : "toast";
  line.setAttribute("role", failed ? "alert" : "status");
  const words = document.createElement("span");
  words.textContent = text;
  line.append(words);
  if (link) {
    const anchor = document.createElement("a");
    anchor.href = link.href;
    anchor.textContent = link.text;
    line.append(anchor);
  }
  if (action) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "toast-action";
    button.textContent = action.text;
    button.addEventListener("click", () => {
      line.remove();
      action.act();
    });
    line.append(button);
  }
  const close = document.createElement("button");
  close.type = "button";
  close.dataset.dismissToast = "";
  close.setAttribute("aria-label", "Dismiss");
  close.textContent = "×";
  line.append(close);
  surface(document.querySelector("[data-toasts]")).append(line);
  dismissLater(line, stay);
}

/** Has the next page say `text`, because this one is about to go. */
export const later = (text) => sessionStorage.setItem(LATER, text);

/** Says what the page before left to say, and gives the messages that came with this one the same short life. */
export function adoptServerToasts() {
  document.querySelectorAll("[data-toasts] .toast").forEach((line) => dismissLater(line, "undo" in line.dataset ? UNDO : STAY));
  const left = sessionStorage.getItem(LATER);
  sessionStorage.removeItem(LATER);
  if (left) toast(left);
}
