// Says, while somebody writes, which words of the prompt Diorama cannot draw. Silent for every other model.
import { Problem, call } from "./api.js";

const PAUSE = 450; // milliseconds without a key before the prompt is read
const REST = 20000; // after being told that it asks too often
const SHOWN = 8; // words named: the line stands in the way of nothing
const LONGEST = 2000; // characters that fit any address

const form = document.querySelector("[data-make]");
const line = form.querySelector("[data-undrawn]");
const prompt = form.elements.prompt;
let waiting = null;
let asked = ""; // what the line speaks of
let quiet = 0; // the time before which nothing is asked

const chosen = () => form.querySelector(`input[name="model-${form.elements.kind.value}"]:checked`)?.value;

function say(words) {
  const more = words.length > SHOWN ? ` and ${words.length - SHOWN} more` : "";
  const text = words.length ? `Diorama cannot draw: ${words.slice(0, SHOWN).join(", ")}${more}` : "";
  // A live region speaks when its text changes, so the same words are not said again.
  if (line.textContent !== text) line.textContent = text;
}

async function read() {
  const text = chosen() === "diorama" ? [...prompt.value.trim()].slice(0, LONGEST).join("") : "";
  if (text === asked) return;
  asked = text;
  if (!text) {
    say([]);
    return;
  }
  if (performance.now() < quiet) {
    asked = "";
    later(quiet - performance.now());
    return;
  }
  try {
    const { undrawn } = await call("GET", `/api/models/diorama/scene?${new URLSearchParams({ prompt: text })}`);
    if (asked === text) say(undrawn);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    // A word of advice that cannot be had: nothing is lost, so nothing is said.
    if (asked === text) asked = "";
    say([]);
    if (problem.status === 429) {
      quiet = performance.now() + REST;
      later(REST);
    }
  }
}

function later(pause) {
  clearTimeout(waiting);
  waiting = setTimeout(read, pause);
}

form.addEventListener("input", () => later(PAUSE));
form.addEventListener("change", () => later(0));
form.addEventListener("reset", () => later(0));
later(0);
