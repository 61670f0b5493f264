// What follows a start: the video's status section, or the image in place.
import { call, creation } from "./api.js";
import { announce } from "./announce.js";
import { newsOf } from "./live.js";
import { toast } from "./toast.js";
import { eta } from "./words.js";

const place = (name) => document.querySelector(`[data-making="${name}"]`);
const inVideo = (name) => place("video").querySelector(`[data-making-${name}]`);
const inImage = (selector) => place("image").querySelector(selector);
const TITLE = "Video is Generating! 🎬";
const AGAIN = 1000;
let following = null;

function reveal(section) {
  section.hidden = false;
  section.focus({ preventScroll: true });
  section.scrollIntoView({ block: "center", behavior: "instant" });
}

/** Hides both sections and asks the server no more. */
export function stopFollowing() {
  following = null;
  for (const section of document.querySelectorAll("[data-making]")) section.hidden = true;
}

/** Shows the status section of a video that was just started. */
export function showVideo(prompt) {
  const section = place("video");
  section.classList.remove("done", "broken");
  section.querySelector("h2").textContent = TITLE;
  inVideo("prompt").textContent = prompt;
  inVideo("note").textContent = "Waiting for its turn";
  inVideo("eta").textContent = "";
  inVideo("calm").hidden = false;
  section.querySelector("progress").hidden = false;
  section.querySelector("progress").removeAttribute("value");
  reveal(section);
  announce("Video is generating");
}

function tell(video) {
  const section = place("video");
  const progress = section.querySelector("progress");
  if (video.status === "processing") {
    inVideo("note").textContent = video.progressNote || "Getting ready";
    inVideo("eta").textContent = eta(video.etaSeconds, video.etaRange);
    progress.value = Math.min(99, Math.floor((video.progress ?? 0) * 100));
    return true;
  }
  if (video.status === "pending") return true;
  const failed = video.status === "failed";
  section.classList.add(failed ? "broken" : "done");
  section.querySelector("h2").textContent = failed ? "This video failed ❌" : "Your video is ready ✅";
  inVideo("note").textContent = failed ? video.error.message : "It is among your drafts, waiting to be published.";
  inVideo("eta").textContent = "";
  inVideo("calm").hidden = true;
  progress.hidden = true;
  announce(failed ? "The video failed" : "The video is ready");
  return false;
}

/** Keeps the status section true until the video is made, or another one is begun. `known`: the video as it is now. */
export async function followVideo(id, known) {
  following = id;
  if (known && !tell(known)) return;
  while (following === id) {
    const told = await newsOf(id, AGAIN);
    if (following !== id || (document.hidden && !told)) continue;
    try {
      const video = told ?? (await call("GET", creation(id))).creation;
      if (following === id && !tell(video)) return;
    } catch (problem) {
      if (problem.status === 404) return;
    }
  }
}

/** Shows that the image `body` asks for is being made; `null` takes that back. */
export function showImageMaking(body) {
  const section = place("image");
  if (!body) {
    section.hidden = true;
    return;
  }
  section.setAttribute("aria-busy", "true");
  inImage("[data-image-title]").textContent = "Making your image";
  inImage("[data-image-frame]").replaceChildren(Object.assign(document.createElement("span"), { className: "making-pulse" }));
  inImage("[data-image-frame]").hidden = false;
  inImage("[data-share]").hidden = inImage("[data-image-later]").hidden = true;
  reveal(section);
  announce("Making your image");
}

/** Shows the image and asks for a caption. */
export function showImage(image) {
  const section = place("image");
  const picture = Object.assign(document.createElement("img"), { src: image.image_url, alt: image.prompt, className: "made" });
  picture.width = image.width;
  picture.height = image.height;
  inImage("[data-image-frame]").replaceChildren(picture);
  inImage("[data-image-title]").textContent = "Here it is";
  const share = inImage("[data-share]");
  share.reset();
  share.dataset.creation = image.image_id;
  share.hidden = false;
  section.hidden = false;
  section.setAttribute("aria-busy", "false");
  announce("The image is ready");
  share.elements.caption.focus({ preventScroll: true });
}

/** Says why there is no image here, and where to find it or its failure. */
export function showImageLater(text, title = "Still at work") {
  const section = place("image");
  inImage("[data-image-title]").textContent = title;
  const words = document.createElement("p");
  words.textContent = text;
  inImage("[data-image-frame]").replaceChildren(words);
  inImage("[data-image-later]").hidden = false;
  section.setAttribute("aria-busy", "false");
  section.focus();
  announce(text);
}

const share = document.querySelector("[data-share]");
share.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = share.querySelector("[type=submit]");
  button.disabled = true;
  try {
    await call("POST", creation(share.dataset.creation, "publish"), { caption: share.elements.caption.value });
    location.assign("/soho/explore");
  } catch (problem) {
    button.disabled = false;
    toast(problem.message, { failed: true });
  }
});
