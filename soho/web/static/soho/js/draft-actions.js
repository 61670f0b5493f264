// What one can do with a draft: publish, schedule, delete, retry, edit, cancel.
import { call, creation, fragment } from "./api.js";
import { ask } from "./ask.js";
import { refresh } from "./balance.js";
import { playOnHover } from "./autoplay.js";
import { paintPlaceholders } from "./placeholder.js";
import { askWhen } from "./schedule.js";
import { toast } from "./toast.js";
import { offerUndo } from "./undo.js";

const quoted = (card) => `“${card.dataset.title}”`;

/** Takes a card off the page; the focus goes on to the next one, if it was here or nowhere. */
export async function leave(card) {
  const next = (card.nextElementSibling ?? card.previousElementSibling)?.querySelector("button, a");
  card.classList.add("leaving");
  await Promise.allSettled(card.getAnimations().map((animation) => animation.finished));
  card.remove();
  (next?.isConnected ? next : document.getElementById("main")).focus();
}

/** The grid below the drafts, with what has just been published in it. */
export async function hangUp() {
  const page = await fragment(location.pathname, "feed");
  const wall = document.querySelector("[data-feed]");
  const fresh = page?.querySelector("[data-feed]");
  if (!fresh || !wall) return;
  wall.replaceChildren(...[...fresh.children].map((tile) => document.adoptNode(tile)));
  document.querySelector(".posts .empty-state")?.remove();
  paintPlaceholders(wall);
  playOnHover(wall);
}

const kept = (card, name) => card.querySelector(`template[data-${name}]`).content.textContent;

const actions = {
  async publish(card) {
    const about = `${quoted(card)} will be in the feed for everyone to see.`;
    const done = await ask(document.getElementById("publish-dialog"), about, (form) =>
      call("POST", creation(card.dataset.draft, "publish"), { caption: form.get("caption") }), { fill: { caption: kept(card, "caption") } });
    if (!done) return;
    toast("Published", { link: { href: "/soho/explore", text: "See it in Explore" } });
    await Promise.all([leave(card), hangUp()]);
  },

  async delete(card) {
    const failed = card.dataset.status === "failed";
    const back = failed && card.dataset.held === "true" ? ` You get ${card.dataset.tokens} back.` : "";
    const about = failed ? `${quoted(card)} could not be made.${back}` : `${quoted(card)} and its files will be gone. Its tokens were spent on making it.`;
    const done = await ask(document.getElementById("delete-dialog"), about, () => call("DELETE", creation(card.dataset.draft)));
    if (!done) return;
    offerUndo([card.dataset.draft], "Deleted");
    await Promise.all([leave(card), refresh()]);
  },

  async schedule(card) {
    const address = creation(card.dataset.draft, "schedule");
    const now = { publishAt: card.dataset.publishAt, caption: kept(card, "caption") };
    const about = `${quoted(card)} goes out by itself, also while this page is closed.`;
    const verb = await askWhen(about, now, (wish) => (wish.publishAt ? call("POST", address, wish) : call("DELETE", address)));
    if (verb) toast(verb === "schedule" ? "Scheduled" : "Taken off its schedule");
  },

  async edit(card) {
    const cost = card.dataset.held === "true" ? "Another try costs nothing more." : `Another try costs ${card.dataset.tokens}.`;
    const done = await ask(document.getElementById("edit-dialog"), cost, (form) =>
      call("POST", creation(card.dataset.draft, "retry"), { prompt: form.get("prompt") }), { fill: { prompt: kept(card, "prompt") } });
    if (done) refresh();
  },

  async retry(card) {
    await call("POST", creation(card.dataset.draft, "retry"), undefined);
    refresh();
  },

  async cancel(card) {
    await call("POST", creation(card.dataset.draft, "cancel"), undefined);
    refresh();
  },
};

/** Makes the buttons on the cards below `section` work; `look` brings the list up to date afterwards. */
export function watchActions(section, look) {
  section.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-action]");
    if (!button) return;
    event.preventDefault(); // its form does the same without scripts
    if (button.getAttribute("aria-busy")) return;
    const card = button.closest("[data-draft]");
    button.setAttribute("aria-busy", "true");
    try {
      await actions[button.dataset.action](card);
    } catch (problem) {
      toast(problem.message, { failed: true });
    } finally {
      button.removeAttribute("aria-busy");
    }
    look();
  });
}
