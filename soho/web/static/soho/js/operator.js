// The operator's desk: each section brought up to date every few seconds, while somebody looks.
import { fragment } from "./api.js";

const AGAIN = 4000;
let timer = null;

/** Sections that changed are replaced; one that has the focus, or text that is marked in it, is left for the next time. */
function update(fresh) {
  const selection = getSelection();
  for (const part of document.querySelectorAll("[data-desk-part]")) {
    const now = fresh.querySelector(`[data-desk-part="${part.dataset.deskPart}"]`);
    const used = part.contains(document.activeElement) || (!selection.isCollapsed && part.contains(selection.anchorNode));
    if (now && !used && now.innerHTML !== part.innerHTML) part.replaceChildren(...document.importNode(now, true).childNodes);
  }
}

async function look() {
  const fresh = document.hidden ? null : await fragment(location.pathname, "operator");
  if (fresh) update(fresh);
  timer = setTimeout(look, AGAIN);
}

timer = setTimeout(look, AGAIN);
window.addEventListener("pagehide", () => clearTimeout(timer));
window.addEventListener("pageshow", (event) => {
  if (event.persisted) look();
});
