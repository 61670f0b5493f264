// What one can do with one's own post: take it out of the feed, or delete it.
import { call, creation } from "./api.js";
import { ask } from "./ask.js";
import { leave } from "./viewer.js";
import { later, toast } from "./toast.js";
import { offerUndo, offerUndoLater } from "./undo.js";

const cardsOf = (id) => [...document.querySelectorAll(`[data-feed] [data-post="${CSS.escape(id)}"]`)];
const inWords = (likes) => (likes === "1" ? "Its like is" : `Its ${likes} likes are`);

const verbs = {
  unpublish: {
    about: (likes) => `It goes back to your drafts. ${likes === "0" ? "Nobody has liked it yet." : `${inWords(likes)} lost.`}`,
    send: (id) => call("POST", creation(id, "unpublish")),
    done: (drafts) => ["Unpublished", { link: { href: drafts, text: "See your drafts" } }],
  },
  delete: {
    about: () => "This post and its files will be gone. Its tokens were spent on making it.",
    send: (id) => call("DELETE", creation(id)),
    done: () => ["Deleted", {}],
    undo: true,
  },
};

async function takeAway(card) {
  const next = (card.nextElementSibling ?? card.previousElementSibling)?.querySelector("[data-open]");
  card.classList.add("leaving");
  await Promise.allSettled(card.getAnimations().map((animation) => animation.finished));
  card.remove();
  (next ?? document.getElementById("main")).focus({ preventScroll: true });
}

async function act(verb, id) {
  const card = document.querySelector(`[data-post="${CSS.escape(id)}"]`);
  const drafts = `/soho/${encodeURIComponent(card.dataset.username)}?tab=drafts`;
  if (!(await ask(document.getElementById(`${verb}-dialog`), verbs[verb].about(card.dataset.likes), () => verbs[verb].send(id)))) return;
  const said = verbs[verb].done(drafts);
  if (!card.closest("[data-feed]")) {
    // Its own page is gone with it.
    if (verbs[verb].undo) offerUndoLater([id], said[0]);
    else later(said[0]);
    location.replace(drafts);
    return;
  }
  leave();
  if (verbs[verb].undo) offerUndo([id], said[0]);
  else toast(...said);
  await Promise.all(cardsOf(id).map(takeAway));
}

/** Makes the items of every owner's menu work; their links do the same without scripts. */
export function watchOwners() {
  document.addEventListener("click", async (event) => {
    const item = event.target.closest("[data-own]");
    if (!item || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    item.closest("[popover]").hidePopover();
    try {
      await act(item.dataset.own, item.closest("[data-owner]").dataset.creation);
    } catch (problem) {
      toast(problem.message, { failed: true });
    }
  });
}
