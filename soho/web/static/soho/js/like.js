// Likes: shown at once, sent, and taken back with a word when that fails.
import { call, creation } from "./api.js";
import { toast } from "./toast.js";

const SHORT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1, roundingMode: "trunc" });

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

/** Likes or unlikes what `button` stands for. */
export async function toggle(button) {
  if (!document.querySelector("meta[name=csrf-token]")) {
    location.assign(`/accounts/login/?next=${encodeURIComponent(location.pathname)}`);
    return;
  }
  const id = button.dataset.like;
  const liked = button.getAttribute("aria-pressed") !== "true";
  show(id, liked);
  try {
    const answer = await call(liked ? "POST" : "DELETE", creation(id, "like"));
    show(id, answer.likedByMe, answer.likeCount);
  } catch (problem) {
    show(id, !liked);
    toast(problem.message, { failed: true });
  }
}

/** Makes every like button below `root` work, also those that come later. */
export function watchLikes(root) {
  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-like]");
    if (button) toggle(button);
  });
}
