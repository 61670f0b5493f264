// My Drafts, always as they are: follows the stream; without one asks the server often while something is in the making, seldom otherwise, not when hidden.
import { fragment } from "./api.js";
import { announce } from "./announce.js";
import { playOnHover } from "./autoplay.js";
import { refresh } from "./balance.js";
import { watchActions } from "./draft-actions.js";
import { isLive } from "./live.js";
import { followDrafts } from "./live-drafts.js";
import { merge } from "./merge.js";
import { paintPlaceholders } from "./placeholder.js";

const OFTEN = 1000;
const SELDOM = 15_000;
const ASSURED = 60_000; // the stream tells of changes; this only makes sure
const SAID = { pending: "is waiting for its turn", processing: "is being made", draft: "is ready", failed: "has failed" };

const section = document.querySelector("[data-drafts]");
const list = section.querySelector("[data-draft-list]");
let timer = null;
let asking = null;

const pace = () => (isLive() ? ASSURED : working() ? OFTEN : SELDOM);
const working = () => list.querySelector("[data-status=pending], [data-status=processing]") !== null;

function changed(card) {
  const kind = card.dataset.mediaType === "video" ? "Video" : "Image";
  announce(`${kind} “${card.dataset.title}” ${SAID[card.dataset.status]}`);
}

async function ask() {
  const page = await fragment(section.dataset.fragment, "drafts");
  const fresh = page?.querySelector("[data-draft-list]");
  if (!fresh) return;
  const changes = merge(list, fresh);
  section.querySelector("[data-drafts-empty]").hidden = list.childElementCount > 0;
  changes.swapped.forEach(changed);
  if (changes.swapped.length || changes.added.length) {
    paintPlaceholders(list);
    playOnHover(list);
  }
  // What has failed for good or was cancelled may have given tokens back.
  if (changes.swapped.some((card) => card.dataset.status === "failed") || changes.removed.length) refresh();
}

/** Looks now, and then again when it is time. One question at a time. */
export async function look() {
  clearTimeout(timer);
  asking ??= ask().finally(() => { asking = null; });
  await asking;
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(look, pace());
}

section.querySelector("[data-refresh]").addEventListener("click", (event) => {
  event.preventDefault();
  look().then(() => announce("Drafts are up to date"));
});
document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : look()));
watchActions(section, look);
followDrafts(list, look);
timer = setTimeout(look, pace());
