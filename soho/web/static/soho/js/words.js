// Figures in words, as soho/web/words.py puts them.

/** What is likely left; empty when nothing can be said. */
export function eta(seconds) {
  if (seconds == null) return "";
  if (seconds < 5) return "a few seconds left";
  if (seconds < 60) return `about ${Math.max(5, Math.round(seconds / 5) * 5)} s left`;
  return `about ${Math.max(1, Math.round(seconds / 60))} min left`;
}

/** "1 token", "10 tokens". */
export const tokens = (number) => `${number.toLocaleString("en")} ${number === 1 ? "token" : "tokens"}`;
