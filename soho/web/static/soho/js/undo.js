// Ten seconds to take a deletion back.
import { call } from "./api.js";
import { announce } from "./announce.js";
import { refresh } from "./balance.js";
import { toast } from "./toast.js";

const STAY = 10_000;
const LATER = "undo"; // in the session's storage: what the next page is to offer
let restored = () => location.reload();

/** Says what is to be done when something came back; without it the page is loaded anew. */
export const onRestored = (act) => { restored = act; };

async function undo(ids) {
  const answer = await call("POST", "/api/generate/batch/restore", { creationIds: ids });
  if (answer.failed) toast(answer.failed === ids.length ? "It was too late to undo that." : `${answer.failed} could not be brought back.`, { failed: true });
  if (answer.succeeded) {
    announce("Brought back");
    await Promise.all([restored(), refresh()]);
  }
}

/** Has the next page offer it, because this one is about to go. */
export const offerUndoLater = (ids, text) => sessionStorage.setItem(LATER, JSON.stringify({ ids, text }));

/** Offers what the page before left to be undone. */
export function takeUpUndo() {
  const left = JSON.parse(sessionStorage.getItem(LATER) ?? "null");
  sessionStorage.removeItem(LATER);
  if (left) offerUndo(left.ids, left.text);
}

/** Says `text` and offers for ten seconds to bring back the creations `ids`. */
export function offerUndo(ids, text) {
  toast(text, { stay: STAY, action: { text: "Undo", act: () => undo(ids).catch((problem) => toast(problem.message, { failed: true })) } });
}
