// The bar below the drafts: the same done to all that are selected, and what became of each, in words.
import { call } from "./api.js";
import { announce } from "./announce.js";
import { ask } from "./ask.js";
import { refresh } from "./balance.js";
import { hangUp, leave } from "./draft-actions.js";
import { newKey } from "./keys.js";
import { askWhen } from "./schedule.js";
import { selection } from "./select.js";
import { toast } from "./toast.js";
import { offerUndo } from "./undo.js";

const number = (count) => (count === 1 ? "1 draft" : `${count} drafts`);
const done = { publish: "published", schedule: "scheduled", unschedule: "taken off its schedule", delete: "deleted" };

/** Sends a batch; the answer sorted into the cards that it was done to, and problems beside theirs. */
async function send(verb, cards, more = {}) {
  const of = new Map(cards.map((card) => [card.dataset.draft, card]));
  const path = `/api/generate/batch/${verb}`;
  const answer = await call("POST", path, { creationIds: [...of.keys()], ...more }, { key: newKey() });
  const good = answer.results.filter((one) => !one.problem).map((one) => of.get(one.creationId));
  const bad = answer.results.filter((one) => one.problem).map((one) => ({ card: of.get(one.creationId), why: one.problem.detail }));
  return { good, bad };
}

function line(text) {
  const item = document.createElement("li");
  item.textContent = text;
  return item;
}

/** Says above the list what could not be done, and why, one by one. */
function tell(place, verb, { good, bad }) {
  place.hidden = !bad.length;
  place.replaceChildren();
  if (!bad.length) return;
  const head = document.createElement("h3");
  head.textContent = `${good.length ? `${number(good.length)} ${done[verb]}. ` : ""}${number(bad.length)} could not be ${done[verb]}:`;
  const reasons = document.createElement("ul");
  reasons.append(...bad.map(({ card, why }) => line(`“${card.dataset.title}”: ${why}`)));
  const close = document.createElement("button");
  close.type = "button";
  close.className = "button quiet";
  close.textContent = "Understood";
  close.addEventListener("click", () => { place.hidden = true; });
  place.append(head, reasons, close);
  place.focus();
}

const verbs = {
  async publish(cards) {
    let sent = null;
    await ask(document.getElementById("publish-dialog"), `${number(cards.length)}, in the feed for everyone to see. A caption is one for all.`,
      async (form) => { sent = await send("publish", cards, form.get("caption") ? { caption: form.get("caption") } : {}); });
    if (!sent) return null;
    if (sent.good.length) toast(`${number(sent.good.length)} published`, { link: { href: "/soho/explore", text: "See them in Explore" } });
    await Promise.all([...sent.good.map(leave), sent.good.length && hangUp()]);
    return ["publish", sent];
  },

  async schedule(cards) {
    let sent = null;
    const about = `${number(cards.length)}, published by themselves at one time.`;
    const waits = cards.some((card) => card.dataset.publishAt);
    const verb = await askWhen(about, { clearable: waits }, async (wish) => { sent = await send("schedule", cards, wish); });
    if (!sent) return null;
    if (sent.good.length) toast(`${number(sent.good.length)} ${done[verb]}`);
    return [verb, sent];
  },

  async delete(cards) {
    let sent = null;
    const about = `${number(cards.length)} and the files will be gone. What failed gives its tokens back.`;
    await ask(document.getElementById("delete-dialog"), about, async () => { sent = await send("delete", cards); });
    if (!sent) return null;
    const ids = sent.good.map((card) => card.dataset.draft);
    if (ids.length) offerUndo(ids, `${number(ids.length)} deleted`);
    await Promise.all([...sent.good.map(leave), refresh()]);
    return ["delete", sent];
  },
};

/** Makes the bar below `section` work; `look` brings the list up to date. Returns what to call when the list has changed. */
export function watchBatch(section, look) {
  const bar = section.querySelector("[data-batch]");
  const count = bar.querySelector("[data-batch-count]");
  const [everything, nothing] = ["all", "none"].map((which) => bar.querySelector(`[data-select-${which}]`));
  let before = 0;

  function show() {
    const now = selected.cards().length;
    count.textContent = `${now} selected`;
    bar.hidden = !now;
    section.classList.toggle("selecting", now > 0);
    everything.disabled = now === selected.count();
    if (now !== before) announce(now ? `${now} selected` : "Nothing selected");
    before = now;
  }

  const selected = selection(section.querySelector("[data-draft-list]"), show);
  everything.hidden = nothing.hidden = false;
  everything.addEventListener("click", selected.all);
  nothing.addEventListener("click", selected.none);
  bar.addEventListener("submit", async (event) => {
    const verb = event.submitter?.value;
    if (!verbs[verb]) return; // a download is the form's own
    event.preventDefault();
    if (bar.getAttribute("aria-busy")) return;
    bar.setAttribute("aria-busy", "true");
    try {
      const ended = await verbs[verb](selected.cards());
      if (ended) {
        for (const card of ended[1].good) card.querySelector("[data-select]").checked = false;
        await look();
        tell(section.querySelector("[data-results]"), ...ended);
      }
    } catch (problem) {
      toast(problem.message, { failed: true });
    } finally {
      bar.removeAttribute("aria-busy");
      show();
    }
  });
  show();
  return show;
}
