// The form of /create: what it says and offers follows the choice of kind and model.
import { tellCost } from "./cost.js";
import { tokens } from "./words.js";

const form = document.querySelector("[data-make]");
const all = (selector) => [...form.querySelectorAll(selector)];

/** "image" or "video". */
export const kind = () => form.elements.kind.value;

const model = () => form.querySelector(`input[name="model-${kind()}"]:checked`);

/** Tokens that the chosen model takes for the chosen kind. */
export const price = () => Number((model() ?? form.querySelector("input[name=kind]:checked")).dataset.price);

function offer(name, values) {
  const chips = all(`[data-chips="${name}"] .chip`);
  for (const chip of chips) chip.hidden = !values.includes(chip.querySelector("input").value);
  const set = form.querySelector(`[data-chips="${name}"]`);
  set.hidden = values.length === 0;
  const chosen = chips.find((chip) => !chip.hidden && chip.querySelector("input").checked);
  const usual = chips.find((chip) => chip.querySelector("input").value === values[0]);
  chips.forEach((chip) => { chip.querySelector("input").checked = false; });
  const wanted = chosen ?? usual;
  if (wanted) wanted.querySelector("input").checked = true;
}

const list = (text) => (text ? text.split(" ") : []);

function tell() {
  const word = kind() === "video" ? "Video" : "Image";
  form.querySelector("[data-prompt-label]").textContent = `Describe your ${word.toLowerCase()}`;
  form.querySelector("[data-go-label]").textContent = `Generate ${word}`;
  tellCost(form, price());
  form.querySelector(".type-card:has(:checked) [data-card-price]").textContent = tokens(price());
  const chosen = all("[data-chips] :checked").filter((input) => !input.closest("[hidden]"));
  const shown = chosen.map((input) => (input.name === "duration" ? `${input.value} s` : input.value));
  form.querySelector("[data-more-summary]").textContent = shown.join(" · ");
}

function follow() {
  for (const card of all(".model-card")) card.hidden = card.dataset.kind !== kind();
  offer("aspectRatio", list(model()?.dataset.ratios));
  offer("duration", kind() === "video" ? list(model()?.dataset.seconds) : []);
  tell();
}

/** What is asked for, as the API wants it. */
export function wish() {
  const value = (name) => form.querySelector(`[data-chips="${name}"]:not([hidden]) :checked`)?.value;
  const seed = form.elements.seed.value.trim();
  const seconds = value("duration");
  const origin = form.querySelector("input[name=remix]")?.value;
  return {
    prompt: form.elements.prompt.value,
    ...(origin && { remixOf: origin }),
    ...(model() && { model: model().value }),
    ...(value("aspectRatio") && { aspectRatio: value("aspectRatio") }),
    ...(seconds && { duration: Number(seconds) }),
    // Not a number: sent as it is, so that the answer names the field.
    ...(seed && { seed: /^\d+$/.test(seed) ? Number(seed) : seed }),
  };
}

/** The model that is chosen, as a person and as a program call it. */
export const modelTitle = () => model()?.closest(".model-card").querySelector(".model-name").textContent ?? "";
export const modelName = () => model()?.value ?? "";

/** Writes `seed` where a person would. */
export function useSeed(seed) {
  form.elements.seed.value = seed;
  form.elements.seed.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Shows what the API said about fields; returns whether there was a place for it. */
export function showFieldErrors(problem) {
  let first = null;
  for (const place of all("[data-error-for]")) {
    const name = place.dataset.errorFor;
    const message = problem?.about(name) ?? "";
    place.textContent = message;
    place.hidden = !message;
    const input = form.elements[name];
    input.toggleAttribute("aria-invalid", Boolean(message));
    if (message) input.setAttribute("aria-invalid", "true");
    if (message) first ??= input;
  }
  if (first?.closest("details")) first.closest("details").open = true;
  first?.focus();
  return first !== null;
}

/** Empties the form for another one; the kind stays. */
export function reset() {
  const kept = kind();
  form.reset();
  form.elements.prompt.value = "";
  form.querySelectorAll("[name=remix], [data-remix-of]").forEach((part) => part.remove());
  form.querySelector(`input[name=kind][value=${kept}]`).checked = true;
  showFieldErrors(null);
  follow();
}

form.addEventListener("change", follow);
form.addEventListener("click", (event) => {
  const idea = event.target.closest("[data-idea]");
  if (!idea) return;
  event.preventDefault();
  form.elements.prompt.value = idea.dataset.idea;
  form.elements.prompt.dispatchEvent(new Event("input", { bubbles: true }));
  form.elements.prompt.focus();
});
document.addEventListener("balance", () => tellCost(form, price()));
form.elements.prompt.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});
follow();
