// Draft cards that follow the stream: what only moves is written into the card, anything else is looked up once.
import { isMaking, on } from "./live.js";
import { eta } from "./words.js";

const SOON = 60; // several changes at once are one look

function move(card, creation) {
  const part = (name) => card.querySelector(`[data-part="${name}"]`);
  const percent = Math.min(99, Math.floor((creation.progress ?? 0) * 100));
  const figure = part("percent");
  if (figure) figure.firstChild.data = percent;
  if (part("note")) part("note").textContent = creation.progressNote || "Getting ready";
  if (part("eta")) part("eta").textContent = eta(creation.etaSeconds, creation.etaRange);
  card.querySelector("progress")?.setAttribute("value", percent);
}

/** Keeps the cards in `list` true by the stream; `look()` brings them up to date from the server and resolves when they are. */
export function followDrafts(list, look) {
  let timer = null;
  let looking = false;
  let again = false;

  async function lookNow() {
    timer = null;
    if (looking) {
      again = true;
      return;
    }
    looking = true;
    do {
      again = false;
      await look();
    } while (again);
    looking = false;
  }
  const soon = () => { timer ??= setTimeout(lookNow, SOON); };
  const cardOf = (id) => list.querySelector(`[data-draft="${CSS.escape(id)}"]`);

  on("changed", (creation, before) => {
    const card = cardOf(creation.creationId);
    if (card?.dataset.status === creation.status) {
      if (creation.status === "processing") move(card, creation);
    } else if (card || (isMaking(creation) && before?.status !== creation.status)) {
      soon();
    }
  });
  on("gone", (id) => { if (cardOf(id)) soon(); });
  on("live", soon);
}
