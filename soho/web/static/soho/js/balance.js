// The balance wherever it is shown: changed at once when tokens are spent, then put right by the server.
import { call } from "./api.js";

const shown = () => [...document.querySelectorAll("[data-balance]")];

function show(available) {
  for (const figure of shown()) {
    if (Number(figure.dataset.balance) === available) continue;
    const badge = figure.closest(".token-badge");
    const word = badge?.querySelector("[data-balance-word]");
    figure.dataset.balance = available;
    figure.textContent = available.toLocaleString("en");
    if (word) word.textContent = available === 1 ? "token" : "tokens";
    badge?.classList.toggle("empty", available === 0);
    badge?.classList.remove("spent");
    void badge?.offsetWidth; // lets the animation begin again
    badge?.classList.add("spent");
  }
  document.dispatchEvent(new CustomEvent("balance"));
}

/** What the page believes I have; null when it shows no balance. */
export const balance = () => (shown().length ? Number(shown()[0].dataset.balance) : null);

/** Shows what the server has told of its own accord. */
export const tell = (available) => show(available);

/** Takes `tokens` off what is shown, then asks the server. */
export function spent(tokens) {
  if (balance() !== null) show(Math.max(0, balance() - tokens));
  return refresh();
}

/** Shows what the server says I have. */
export async function refresh() {
  try {
    show((await call("GET", "/api/me")).balance.available);
  } catch {
    // What is shown stays; the next page shows the truth.
  }
}
