// Likes: shown at once, sent, and taken back with a word when that fails.
import { call, creation } from "./api.js";
import { announce } from "./announce.js";
import { toast } from "./toast.js";

const SHORT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1, roundingMode: "trunc" });
const sending = new Set();

function show(id, liked, count) {
  for (const button of document.querySelectorAll(`[data-like="${CSS.escape(id)}"]`)) {
    button.setAttribute("aria-pressed", String(liked));
  }
  const cards = document.querySelectorAll(`[data-post="${CSS.escape(id)}"]`);
  for (const card of cards) card.dataset.liked = String(liked);
  if (count === undefined) return;
  for (const card of cards) card.dataset.likes = SHORT.format(count);
  const places = `[data-like="${CSS.escape(id)}"] [data-like-count], [data-post="${CSS.escape(id)}"] [data-like-count]`;
  for (const figure of document.querySelectorAll(places)) figure.textContent = SHORT.format(count);
}

function refuse(problem) {
  const link = { href: `/accounts/login/?next=${encodeURIComponent(location.pathname)}`, text: "Sign in" };
  if (problem?.status === 401 || !problem) toast("Sign in to like what you see.", { link });
  else toast(problem.message, { failed: true });
}

/** Whether somebody is signed in here; otherwise a like is answered with the way in. */
export const mayLike = () => document.querySelector("meta[name=csrf-token]") !== null;

async function set(id, liked) {
  if (!mayLike()) return refuse(null);
  if (sending.has(id)) return undefined;
  sending.add(id);
  const before = document.querySelector(`[data-post="${CSS.escape(id)}"]`)?.dataset.likes;
  // The figure too, where it is exact: nobody can tell 1.2K from one more.
  const shown = /^\d+$/.test(before ?? "") ? Number(before) : undefined;
  show(id, liked, shown === undefined ? undefined : Math.max(0, shown + (liked ? 1 : -1)));
  try {
    const answer = await call(liked ? "POST" : "DELETE", creation(id, "like"));
    show(id, answer.likedByMe, answer.likeCount);
  } catch (problem) {
    show(id, !liked, shown);
    refuse(problem);
  } finally {
    sending.delete(id);
  }
  return undefined;
}

/** Likes or unlikes what `button` stands for. */
export const toggle = (button) => set(button.dataset.like, button.getAttribute("aria-pressed") !== "true");

/** Likes the post of `card`; one that is liked already stays so. */
export async function like(card) {
  if (card.dataset.liked === "true") return;
  await set(card.dataset.post, true);
  if (card.dataset.liked === "true") announce("Liked");
}

/** Makes every like button below `root` work, also those that come later. */
export function watchLikes(root) {
  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-like]");
    if (button) toggle(button);
  });
}
