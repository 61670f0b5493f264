// Follow somebody, or stop: shown at once, sent, and taken back with a word when that fails.
import { call } from "./api.js";
import { toast } from "./toast.js";

const SHORT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1, roundingMode: "trunc" });
const sending = new Set();

function show(name, followed, count) {
  for (const form of document.querySelectorAll(`[data-follow="${CSS.escape(name)}"]`)) {
    form.dataset.followed = String(followed);
    form.action = `/people/${encodeURIComponent(name)}/${followed ? "unfollow" : "follow"}`;
    form.querySelector("button").classList.toggle("primary", !followed);
    form.querySelector("[data-follow-word]").textContent = followed ? "Following" : "Follow";
    form.querySelector("[data-follow-hint]").textContent = followed ? ", press to stop" : "";
  }
  if (count === undefined) return;
  for (const figure of document.querySelectorAll(`[data-follower-count="${CSS.escape(name)}"]`)) figure.textContent = SHORT.format(count);
}

/** Makes every follow button of the page work, also those that come later. */
export function watchFollows() {
  document.addEventListener("submit", async (event) => {
    const name = event.target.dataset.follow;
    if (!name) return;
    event.preventDefault();
    if (sending.has(name)) return;
    sending.add(name);
    const followed = event.target.dataset.followed !== "true";
    show(name, followed);
    try {
      const answer = await call(followed ? "POST" : "DELETE", `/api/users/${encodeURIComponent(name)}/follow`);
      show(name, answer.followedByMe, answer.followerCount);
    } catch (problem) {
      show(name, !followed);
      toast(problem.message, { failed: true });
    } finally {
      sending.delete(name);
    }
  });
}
