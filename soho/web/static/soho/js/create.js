// /create: starts what was asked for and shows what becomes of it, without leaving the page.
import { Problem, call, creation } from "./api.js";
import { announce } from "./announce.js";
import { balance, refresh, spent } from "./balance.js";
import { kind, price, reset, showFieldErrors, wish } from "./make-form.js";
import { newKey } from "./keys.js";
import { followVideo, showImage, showImageLater, showImageMaking, showVideo, stopFollowing } from "./making.js";
import { forget, keep, kept } from "./wish.js";

const room = document.querySelector("[data-create]");
const form = document.querySelector("[data-make]");
const failure = form.querySelector("[data-make-error]");
const go = form.querySelector("[data-go]");
const { username } = room.dataset;
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
  if (problem.status === 402) refresh();
}

async function startVideo(asked, cost) {
  const started = await call("POST", "/api/generate/video", asked.body, { key: asked.key });
  keep(username, { ...asked, id: started.creationId });
  spent(cost);
  form.hidden = true;
  showVideo(asked.body.prompt);
  followVideo(started.creationId);
}

const LATER = "This one takes a little longer. It will be among your drafts when it is ready.";

async function makeImage(asked, cost) {
  form.hidden = true;
  showImageMaking(asked.body);
  const shown = balance();
  // The tokens are held as soon as it is asked for; the answer comes when the image is made.
  const answering = call("POST", "/api/image/generate", asked.body, { key: asked.key });
  if (shown !== null && shown >= cost) spent(cost);
  try {
    const answer = await answering;
    keep(username, { ...asked, id: answer.image?.image_id ?? answer.creationId });
    if (answer.image) showImage(answer.image);
    else showImageLater(LATER);
  } catch (problem) {
    if (problem.status === 502) {
      forget();
      showImageLater(problem.message, "That image did not come out");
    } else {
      form.hidden = false;
      showImageMaking(null);
      throw problem;
    }
  } finally {
    spent(0);
  }
}

/** Does what was asked, and says in the form why not. */
async function start(asked, cost) {
  go.setAttribute("aria-disabled", "true");
  keep(username, asked);
  try {
    await (asked.kind === "video" ? startVideo : makeImage)(asked, cost);
    key = null;
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (problem.status !== 0) {
      key = null;
      forget();
    }
    if (!showFieldErrors(problem)) sayFailure(problem);
  } finally {
    go.removeAttribute("aria-disabled");
  }
}

/** Shows a creation that was asked for before this page was loaded, as far as it is now. */
function show(found) {
  form.hidden = true;
  if (found.mediaType === "video") {
    showVideo(found.prompt);
    followVideo(found.creationId, found);
  } else if (found.status === "draft") {
    showImage({ ...found, image_id: found.creationId, image_url: found.mediaUrl });
  } else {
    showImageMaking(found);
    showImageLater(LATER);
  }
}

/** After a reload: what this tab was about is there again. One whose answer was lost is asked for again under its key. */
async function resume() {
  const asked = kept(username);
  if (!asked) return;
  if (!asked.id) {
    key = asked.key;
    await start(asked, 0);
    return;
  }
  try {
    const { creation: found } = await call("GET", creation(asked.id));
    if (found.status === "published") forget();
    else show(found);
  } catch (problem) {
    if (problem.status === 404) forget();
  }
}

form.addEventListener("input", () => { key = null; });
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (go.getAttribute("aria-disabled") === "true") return;
  sayFailure(null);
  showFieldErrors(null);
  key ??= newKey();
  await start({ kind: kind(), body: wish(), key }, price());
});

room.addEventListener("click", (event) => {
  if (event.target.closest("[data-making] a")) forget();
  if (!event.target.closest("[data-another]")) return;
  forget();
  stopFollowing();
  reset();
  key = null;
  form.hidden = false;
  form.elements.prompt.focus();
  announce("Ready for another one");
});

// Who comes anew wants the form; who reloads wants what was there.
const came = performance.getEntriesByType("navigation")[0]?.type;
if (came === "reload" || came === "back_forward") resume();
else forget();
