// What this tab has asked for and not finished with, so that a reload shows it again and starts nothing twice.

const NAME = "wish";
const FRESH = 30 * 60 * 1000; // milliseconds in which an unanswered wish may be sent again with its key

/**
 * The wish of `username` in this tab: `{kind, body, key, id}`, where `id` is the creation's once that is known; else null.
 * One of somebody else's, or one without an answer that is too old to be sent again, is none.
 */
export function kept(username) {
  try {
    const wish = JSON.parse(sessionStorage.getItem(NAME));
    const usable = wish && wish.username === username && (wish.id || Date.now() - wish.at < FRESH);
    return usable ? wish : null;
  } catch {
    return null;
  }
}

/** Keeps a wish until it is forgotten or another takes its place. */
export function keep(username, wish) {
  try {
    sessionStorage.setItem(NAME, JSON.stringify({ ...wish, username, at: Date.now() }));
  } catch {
    // A browser that keeps nothing: a reload shows the empty form then.
  }
}

/** There is nothing to show again. */
export const forget = () => sessionStorage.removeItem(NAME);
