// Words for a screen reader alone, politely.
import { surface } from "./surface.js";

/** Says `text` when the reader is next silent. Saying the same again is heard again. */
export function announce(text) {
  const region = surface(document.querySelector("[data-announce]"));
  const line = document.createElement("p");
  line.textContent = text;
  region.append(line);
  while (region.childElementCount > 4) region.firstElementChild.remove();
}
