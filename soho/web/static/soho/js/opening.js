// The operator's first page: the house's posts as they are made, asked for while anything still changes.
import { announce } from "./announce.js";
import { fragment } from "./api.js";
import { merge } from "./merge.js";
import { paintPlaceholders } from "./placeholder.js";

const AGAIN = 1000;

const place = document.querySelector("[data-opening]");
const list = place.querySelector("[data-opening-list]");
const say = () => place.querySelector("[data-opening-say]");
let timer = null;

const underWay = () => say().dataset.underWay === "true";

/** Only what is said is replaced, and only when it changed: a button somebody is about to press stays where it is. */
function update(fresh) {
  const now = fresh.querySelector("[data-opening-say]");
  const status = (part) => part.querySelector("[role=status]")?.textContent;
  if (now.dataset.underWay === say().dataset.underWay) {
    if (status(now) !== status(say())) say().querySelector("[role=status]").textContent = status(now);
  } else {
    say().replaceWith(document.adoptNode(now));
    place.querySelector("[data-opening-title]").textContent = fresh.querySelector("[data-opening-title]").textContent;
    announce(status(say()) ?? "");
  }
}

async function look() {
  const page = document.hidden ? null : await fragment(location.pathname, "opening");
  const fresh = page?.querySelector("[data-opening]");
  if (fresh) {
    const changes = merge(list, fresh.querySelector("[data-opening-list]"));
    if (changes.swapped.length) paintPlaceholders(list);
    update(fresh);
  }
  if (underWay()) timer = setTimeout(look, AGAIN);
}

if (underWay()) timer = setTimeout(look, AGAIN);
window.addEventListener("pagehide", () => clearTimeout(timer));
