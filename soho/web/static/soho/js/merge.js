// Brings a list of cards up to date with the least change: what is the same is not touched, so nothing flickers and the focus stays.

function patchParts(card, fresh) {
  for (const part of fresh.querySelectorAll("[data-part]")) {
    const old = card.querySelector(`[data-part="${part.dataset.part}"]`);
    if (old && old.innerHTML !== part.innerHTML) old.replaceChildren(...document.importNode(part, true).childNodes);
  }
  const progress = card.querySelector("progress");
  const value = fresh.querySelector("progress")?.getAttribute("value");
  if (progress && value != null && progress.getAttribute("value") !== value) progress.setAttribute("value", value);
}

function swap(card, fresh) {
  const focused = card.contains(document.activeElement) ? document.activeElement : null;
  const [box, freshBox] = [card, fresh].map((one) => one.querySelector("[data-select]"));
  if (box?.checked && freshBox) freshBox.checked = true;
  card.replaceWith(fresh);
  if (!focused) return;
  const same = focused === box ? freshBox : focused.dataset.action && fresh.querySelector(`[data-action="${focused.dataset.action}"]`);
  (same || fresh.querySelector("[data-action]") || fresh.querySelector("a"))?.focus();
}

/**
 * Makes `list` (cards with data-draft, data-status and data-publish-at) like `fresh`. A card in the same state has only its parts
 * brought up to date; one in another state is swapped whole. Returns the cards that are new in their state (`swapped`), only told
 * another time (`retimed`), `added` and `removed`.
 */
export function merge(list, fresh) {
  const old = new Map([...list.children].map((card) => [card.dataset.draft, card]));
  const changes = { swapped: [], retimed: [], added: [], removed: [] };
  let previous = null;
  for (const incoming of [...fresh.children]) {
    let card = old.get(incoming.dataset.draft);
    old.delete(incoming.dataset.draft);
    const moved = card && card.dataset.status !== incoming.dataset.status;
    if (card && !moved && card.dataset.publishAt === incoming.dataset.publishAt) {
      patchParts(card, incoming);
    } else if (card) {
      const adopted = document.adoptNode(incoming);
      swap(card, adopted);
      changes[moved ? "swapped" : "retimed"].push((card = adopted));
    } else {
      card = document.adoptNode(incoming);
      changes.added.push(card);
    }
    const next = previous ? previous.nextElementSibling : list.firstElementChild;
    if (next !== card) list.insertBefore(card, next);
    previous = card;
  }
  for (const card of old.values()) {
    card.remove();
    changes.removed.push(card);
  }
  return changes;
}
