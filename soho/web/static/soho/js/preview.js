// "Preview it free": a sketch of the prompt by the built-in renderer, whichever model is to make it.
import { Problem, send } from "./api.js";
import { announce } from "./announce.js";
import { modelName, modelTitle, useSeed, wish } from "./make-form.js";

const AGAIN = 3000; // milliseconds before a busy house is asked once more

const form = document.querySelector("[data-make]");
const button = form.querySelector("[data-preview]");
const label = form.querySelector("[data-preview-label]");
const box = form.querySelector("[data-preview-box]");
const film = box.querySelector("[data-preview-film]");
const about = box.querySelector("[data-preview-about]");
const undrawn = box.querySelector("[data-preview-undrawn]");
const keep = box.querySelector("[data-preview-keep]");
const still = matchMedia("(prefers-reduced-motion: reduce)");
let seed = "";

const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

function clear() {
  film.pause();
  if (film.src) URL.revokeObjectURL(film.src);
  film.removeAttribute("src");
  film.load();
}

function say(text, { failed = false } = {}) {
  box.classList.toggle("wordless", failed);
  box.hidden = false;
  about.textContent = text;
  undrawn.textContent = "";
  keep.hidden = true;
  announce(text);
}

/** The sketch as a Response. A busy house is asked a second time. */
async function sketch(asked) {
  try {
    return await send("POST", "/api/preview", asked);
  } catch (problem) {
    if (problem.status !== 503) throw problem;
    await pause(AGAIN);
    return send("POST", "/api/preview", asked);
  }
}

async function show(answer) {
  const own = modelName() === "diorama";
  seed = answer.headers.get("Soho-Seed");
  const words = (answer.headers.get("Soho-Undrawn") ?? "").split(",").filter(Boolean).map(decodeURIComponent);
  const picture = URL.createObjectURL(await answer.blob());
  clear();
  film.src = picture;
  say(own
    ? "A quick sketch by the built-in renderer. With the same seed it paints this scene, larger and longer."
    : `A sketch by the built-in renderer; ${modelTitle() || "the model"} will make its own.`);
  undrawn.textContent = words.length ? `Left out, because it cannot be drawn: ${words.join(", ")}` : "";
  keep.hidden = !own || form.elements.seed.value.trim() === seed;
  box.scrollIntoView({ block: "nearest", behavior: "instant" });
  if (!still.matches) film.play().catch(() => {}); // a browser that plays nothing by itself shows its controls
}

async function preview() {
  const { prompt, aspectRatio, seed: wanted } = wish();
  if (!prompt.trim()) {
    say("Write a prompt first.", { failed: true });
    form.elements.prompt.focus();
    return;
  }
  const asked = { prompt, ...(aspectRatio && { aspectRatio }), ...(Number.isInteger(wanted) && { seed: wanted }) };
  try {
    await show(await sketch(asked));
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    clear();
    say(problem.status === 429 ? "That was a lot of previews for one minute. Wait a little." : problem.message, { failed: true });
  }
}

button.hidden = false;
button.addEventListener("click", async () => {
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  label.textContent = "Sketching…";
  try {
    await preview();
  } finally {
    button.removeAttribute("aria-disabled");
    label.textContent = box.hidden ? "Preview it free" : "Preview again";
  }
});
keep.addEventListener("click", () => {
  useSeed(seed);
  keep.hidden = true;
  announce(`Seed ${seed} is kept`);
  button.focus();
});
box.querySelector("[data-preview-close]").addEventListener("click", () => {
  clear();
  box.hidden = true;
  label.textContent = "Preview it free";
  button.focus();
});
