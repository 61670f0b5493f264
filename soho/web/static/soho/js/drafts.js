// My Drafts, always as they are: follows the stream; without one asks the server often while something is in the making, seldom otherwise, not when hidden.
import { fragment } from "./api.js";
import { announce } from "./announce.js";
import { playOnHover } from "./autoplay.js";
import { refresh } from "./balance.js";
import { watchBatch } from "./batch.js";
import { hangUp, watchActions } from "./draft-actions.js";
import { playOnHold } from "./hold.js";
import { isLive } from "./live.js";
import { followDrafts } from "./live-drafts.js";
import { merge } from "./merge.js";
import { paintPlaceholders } from "./placeholder.js";
import { localTimes } from "./schedule.js";
import { toast } from "./toast.js";
import { onRestored } from "./undo.js";

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

/** The figures beside the filters. */
function recount(page) {
  for (const fresh of page.querySelectorAll("[data-count]")) {
    const old = section.querySelector(`[data-count="${fresh.dataset.count}"]`);
    if (old && old.textContent !== fresh.textContent) old.textContent = fresh.textContent;
  }
}

async function ask() {
  const page = await fragment(section.dataset.fragment, "drafts");
  const fresh = page?.querySelector("[data-draft-list]");
  if (!fresh) return;
  const changes = merge(list, fresh);
  section.querySelector("[data-drafts-empty]").hidden = list.childElementCount > 0;
  changes.swapped.forEach(changed);
  const outByItself = changes.removed.filter((card) => card.dataset.publishAt && new Date(card.dataset.publishAt) <= Date.now());
  if (outByItself.length) {
    toast(outByItself.length === 1 ? `“${outByItself[0].dataset.title}” is out` : `${outByItself.length} are out`, { link: { href: "/soho/explore", text: "See it in Explore" } });
    hangUp();
  }
  recount(page);
  selected();
  if (changes.swapped.length || changes.added.length || changes.retimed.length) {
    paintPlaceholders(list);
    playOnHover(list);
    localTimes(list);
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
onRestored(look);
localTimes(list);
playOnHold(list);
const selected = watchBatch(section, look);
followDrafts(list, look);
timer = setTimeout(look, pace());
