// Figures in words, as soho/web/words.py puts them.

/** What is likely left, as `seconds` or between two figures where both can be told; empty when nothing can be said. */
export function eta(seconds, between = null) {
  if (between) return range(...between);
  if (seconds == null) return "";
  if (seconds < 5) return "a few seconds left";
  if (seconds < 60) return `about ${Math.max(5, Math.round(seconds / 5) * 5)} s left`;
  return `about ${Math.max(1, Math.round(seconds / 60))} min left`;
}

/** "1 token", "10 tokens". */
export const tokens = (number) => `${number.toLocaleString("en")} ${number === 1 ? "token" : "tokens"}`;

function range(least, most) {
  if (most < 5) return "a few seconds left";
  const unit = most < 90 ? 5 : 60;
  const from = Math.floor(least / unit) * (unit === 5 ? 5 : 1);
  const to = Math.ceil(most / unit) * (unit === 5 ? 5 : 1);
  const word = unit === 5 ? "s" : "min";
  if (from === 0) return `up to ${to} ${word} left`;
  return from === to ? `about ${to} ${word} left` : `${from}–${to} ${word} left`;
}
