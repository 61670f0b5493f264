// /create: starts what was asked for and shows what becomes of it, without leaving the page.
import { Problem, call } from "./api.js";
import { announce } from "./announce.js";
import { balance, spent } from "./balance.js";
import { kind, price, reset, showFieldErrors, wish } from "./make-form.js";
import { newKey } from "./keys.js";
import { followVideo, showImage, showImageLater, showImageMaking, showVideo, stopFollowing } from "./making.js";

const form = document.querySelector("[data-make]");
const failure = form.querySelector("[data-make-error]");
const go = form.querySelector("[data-go]");
let key = null; // one for each wish: sending the same again after a lost answer starts nothing twice

function sayFailure(problem) {
  failure.replaceChildren();
  failure.hidden = !problem;
  if (!problem) return;
  const words = document.createElement("span");
  words.textContent = problem.status === 402
    ? `This costs ${problem.body.price} tokens and you have ${problem.body.balance}. Nothing was started.` : problem.message;
  failure.append(words);
  const imagePrice = Number(form.querySelector("input[name=kind][value=image]").dataset.price);
  if (problem.status === 402 && kind() === "video" && problem.body.balance >= imagePrice) {
    const instead = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: "Make an image instead" });
    instead.addEventListener("click", () => {
      form.querySelector("input[name=kind][value=image]").click();
      sayFailure(null);
      form.elements.prompt.focus();
    });
    failure.append(instead);
  }
}

async function startVideo(body, cost) {
  const started = await call("POST", "/api/generate/video", body, { key });
  spent(cost);
  form.hidden = true;
  showVideo(body.prompt);
  followVideo(started.creationId);
}

async function makeImage(body, cost) {
  form.hidden = true;
  showImageMaking(body);
  const shown = balance();
  // The tokens are held as soon as it is asked for; the answer comes when the image is made.
  const asked = call("POST", "/api/image/generate", body, { key });
  if (shown !== null && shown >= cost) spent(cost);
  try {
    const answer = await asked;
    if (answer.image) showImage(answer.image);
    else showImageLater("This one takes a little longer. It will be among your drafts when it is ready.");
  } catch (problem) {
    if (problem.status === 502) showImageLater(problem.message, "That image did not come out");
    else {
      form.hidden = false;
      showImageMaking(null);
      throw problem;
    }
  } finally {
    spent(0);
  }
}

form.addEventListener("input", () => { key = null; });
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (go.getAttribute("aria-disabled") === "true") return;
  sayFailure(null);
  showFieldErrors(null);
  key ??= newKey();
  go.setAttribute("aria-disabled", "true");
  try {
    const body = wish();
    await (kind() === "video" ? startVideo(body, price()) : makeImage(body, price()));
    key = null;
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (problem.status !== 0) key = null;
    if (!showFieldErrors(problem)) sayFailure(problem);
  } finally {
    go.removeAttribute("aria-disabled");
  }
});

document.querySelector("[data-create]").addEventListener("click", (event) => {
  if (!event.target.closest("[data-another]")) return;
  stopFollowing();
  reset();
  key = null;
  form.hidden = false;
  form.elements.prompt.focus();
  announce("Ready for another one");
});
