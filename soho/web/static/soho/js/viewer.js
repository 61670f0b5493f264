// One post filling the room: with sound and controls, from picture to picture by arrow keys and swipes, closed by Escape.
import { announce } from "./announce.js";
import { fragment } from "./api.js";
import { mayAutoplay, suspend } from "./autoplay.js";
import { heart, isSecond, tapped, watchDoubleTaps } from "./double-tap.js";
import { like, mayLike, toggle } from "./like.js";
import { fetchOlder } from "./pager.js";
import { paint } from "./placeholder.js";
import { watchSwipes } from "./swipe.js";
import { grow } from "./transition.js";

const viewer = document.getElementById("viewer");
const part = (name) => viewer.querySelector(`[data-viewer-${name}]`);
let current = null; // the card that is shown
let pushed = false; // whether opening added an entry to the history
let opened = -Infinity; // when a mouse opened it, by the clock of events
let shown = null; // resolves once it is open
let finger = false; // whether the last press was a finger's
let staying = 0; // the timer of fetchTalk
const STAYING = 300; // milliseconds; nothing is fetched for those who leaf past
const JUST_NOW = 400;
const CONTROLS = 72; // a player's own bar at its lower edge keeps its clicks

const link = (card) => card.querySelector("[data-open], [data-preview]");
const cards = () => {
  const kind = current.matches("[data-draft]") ? "[data-draft]:has([data-preview])" : "[data-feed] [data-post]";
  return [...document.querySelectorAll(kind)];
};

function screen(card) {
  const data = card.matches("[data-post]") ? card.dataset : { ...link(card).dataset, mediaType: card.dataset.mediaType };
  const frame = link(card).querySelector(".media").cloneNode(false);
  const media = document.createElement(data.mediaType === "video" ? "video" : "img");
  if (data.mediaType === "video") {
    Object.assign(media, { controls: true, loop: true, playsInline: true, preload: "auto" });
    if (data.still) media.poster = data.still;
    media.setAttribute("aria-label", promptOf(card));
  } else {
    media.alt = promptOf(card);
  }
  media.src = data.mediaUrl;
  frame.append(media);
  return frame;
}

const promptOf = (card) => card.querySelector("template[data-prompt]").content.textContent;

/** The caption as the page has it, its #tags and @names links. */
function captionOf(card) {
  const place = card.querySelector("[data-caption]");
  return [...((place?.content ?? place)?.cloneNode(true).childNodes ?? [])];
}

/** Takes away what was fetched for the last post. The keys go on working when what had the focus goes with it. */
function clear() {
  for (const place of [part("talk"), part("follow")]) {
    if (viewer.open && place.contains(document.activeElement)) viewer.focus({ focusVisible: false });
    place.replaceChildren();
  }
}

/** Where the post comes from, what is said of it and whether one follows its author, once somebody stays with it. */
function fetchTalk(card) {
  clearTimeout(staying);
  const place = part("talk");
  clear();
  if (!card.matches("[data-post]")) return;
  staying = setTimeout(async () => {
    const page = await fragment(link(card).href, "talk");
    const talk = page?.querySelector("[data-talk]");
    if (!talk || current !== card || !viewer.open) return;
    place.replaceChildren(document.adoptNode(talk));
    part("follow").replaceChildren(...[...(page.querySelector("[data-standing]")?.children ?? [])].map((one) => document.adoptNode(one)));
  }, STAYING);
}

/** The author's picture or letter: as on the card, or (in a grid of one person's posts) as above the grid. */
function faceOf(card) {
  const shown = card.querySelector(".avatar") ?? document.querySelector(".profile-head .avatar");
  if (!shown) return [];
  const face = shown.cloneNode(true);
  face.classList.replace("large", "small");
  return [face];
}

function describe(card) {
  const post = card.matches("[data-post]");
  const name = card.dataset.username;
  const owner = viewer.querySelector("[data-owner]");
  if (owner) {
    owner.hidden = !post || name !== document.querySelector("meta[name=username]")?.content;
    owner.dataset.creation = card.dataset.post ?? "";
    for (const item of owner.querySelectorAll("[data-own]")) item.href = `/creations/${owner.dataset.creation}/${item.dataset.own}`;
  }
  const author = part("author");
  author.hidden = part("time").hidden = part("like").hidden = part("made").hidden = !post;
  author.replaceChildren();
  if (post) {
    part("made").textContent = `Made with AI: ${card.dataset.model}`;
    author.href = `/soho/${encodeURIComponent(name)}`;
    const said = document.createElement("span");
    said.textContent = name;
    author.replaceChildren(...faceOf(card), said);
    part("time").href = link(card).href;
    part("time").textContent = card.dataset.ago;
    const button = part("like").querySelector("[data-like]");
    button.dataset.like = card.dataset.post;
    button.setAttribute("aria-pressed", card.dataset.liked);
    button.querySelector("[data-like-count]").textContent = card.dataset.likes;
  }
  part("remix").hidden = !post;
  if (post) part("remix").href = `/create?remix=${encodeURIComponent(card.dataset.post)}`;
  part("caption").replaceChildren(...captionOf(card));
  part("prompt").textContent = promptOf(card);
  part("prompt-box").open = !post;
}

/** The picture of the post `step` further, so that it is there before it is asked for. Nothing heavier. */
function preload(card) {
  const still = card?.dataset.still;
  if (still) new Image().src = still;
}

function stop() {
  for (const video of part("stage").querySelectorAll("video")) {
    video.pause();
    video.currentTime = 0;
  }
}

function empty() {
  clearTimeout(staying);
  part("stage").replaceChildren();
  clear();
}

function show(card) {
  stop();
  current = card;
  const frame = screen(card);
  part("stage").replaceChildren(frame);
  paint(frame);
  part("glow").style.backgroundImage = frame.style.backgroundImage;
  describe(card);
  fetchTalk(card);
  const all = cards();
  const position = all.indexOf(card);
  part("previous").hidden = position <= 0;
  part("next").hidden = position === all.length - 1 && !document.querySelector("[data-older]");
  preload(all[position + 1]);
  preload(all[position - 1]);
  const video = frame.querySelector("video");
  if (video && mayAutoplay()) {
    video.play().catch(() => {
      // No sound without a gesture here: begin silently, the controls bring the sound.
      video.muted = true;
      video.play().catch(() => {});
    });
  }
}

async function move(step) {
  let all = cards();
  let position = all.indexOf(current) + step;
  if (position >= all.length) {
    await fetchOlder();
    all = cards();
    position = Math.min(position, all.length - 1);
  }
  const next = all[position];
  if (!next || next === current) return;
  show(next);
  if (pushed) history.replaceState({ viewer: next.dataset.post }, "", link(next).href);
  announce(`${position + 1} of ${all.length}`);
}

/** Opens the viewer on `card`. */
function open(card, { push = card.matches("[data-post]") } = {}) {
  suspend(true);
  current = card;
  const picture = link(card).querySelector(".media");
  shown = new Promise((resolve) => { grow(picture, () => {
    show(card);
    viewer.showModal();
    viewer.focus({ focusVisible: false }); // no button: space is for the film
    resolve();
  }, () => part("stage").querySelector(".media")); });
  pushed = push;
  if (push) history.pushState({ viewer: card.dataset.post }, "", link(card).href);
}

/** Closes the viewer at once, where there is one and it is open: what it shows has gone. */
export function leave() {
  if (!viewer?.open) return;
  stop();
  viewer.close();
  empty();
  suspend(false);
  goBack();
}

function goBack() {
  if (!pushed) return;
  pushed = false;
  history.back();
}

function close() {
  if (!viewer.open) return;
  const card = current;
  const shown = part("stage").querySelector(".media");
  stop();
  const home = link(card);
  home.scrollIntoView({ block: "nearest" });
  grow(shown, () => {
    viewer.close();
    empty();
    home.focus({ preventScroll: true, focusVisible: false });
  }, () => home.querySelector(".media"));
  suspend(false);
  goBack();
}

/** A second click or tap likes what was opened by the first one, or what is shown. */
async function likeShown() {
  if (!current.matches("[data-post]")) return;
  await shown; // what a like may have to say is said inside
  const frame = part("stage").querySelector(".media");
  if (frame && mayLike()) heart(frame);
  like(current);
}

const onBar = ({ target, clientY }) => target.matches("video") && clientY > target.getBoundingClientRect().bottom - CONTROLS;

function heardTwice(event) {
  const opening = event.timeStamp - opened < JUST_NOW;
  const inside = !finger && event.target.closest("[data-viewer-stage] .media") && !onBar(event);
  if (!event.detail || !(opening || inside) || !isSecond(event)) return;
  // Wherever the second click falls while the viewer opens beneath it, it was meant for the picture.
  event.preventDefault();
  event.stopPropagation();
  likeShown();
}

function openClicked(event) {
  const clicked = event.target.closest("[data-open], [data-preview]");
  if (!clicked || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  const card = clicked.closest("[data-post], [data-draft]");
  if (finger && event.detail && card.matches(".post-card")) {
    // A finger's second tap is waited for; a mouse opens at once, and its second click is heard then.
    tapped(event, {
      once: () => open(card),
      twice: () => {
        if (mayLike()) heart(clicked.querySelector(".media"));
        like(card);
      },
    });
    return;
  }
  if (event.detail) {
    isSecond(event);
    opened = event.timeStamp;
  }
  open(card);
}

function keys(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("[popover], textarea, dialog:not(.viewer)")) return;
  const video = part("stage").querySelector("video");
  const does = {
    ArrowRight: () => move(1),
    ArrowDown: () => move(1),
    ArrowLeft: () => move(-1),
    ArrowUp: () => move(-1),
    l: () => !part("like").hidden && toggle(part("like").querySelector("[data-like]")),
  };
  if (video) does.m = () => { video.muted = !video.muted; };
  if (event.key === " " && video && !event.target.closest("button, a, summary, video")) {
    does[" "] = () => (video.paused ? video.play() : video.pause());
  }
  const act = does[event.key];
  if (!act) return;
  event.preventDefault();
  event.stopPropagation();
  act();
}

/** Lets the pictures below `root` open in the viewer, also those that come later. Their links work without it. */
export function watchOpening(root) {
  if (!viewer) return;
  root.addEventListener("pointerdown", (event) => { finger = event.pointerType === "touch"; }, true);
  root.addEventListener("click", heardTwice, true);
  root.addEventListener("click", openClicked);
  watchDoubleTaps(part("stage"), (target) => target.closest(".media"), likeShown);
  // A double click likes; the player's own answer to it would fill the screen.
  part("stage").addEventListener("dblclick", (event) => onBar(event) || event.preventDefault(), true);
  // Captured: a focused player would take the arrow keys for itself.
  viewer.addEventListener("keydown", keys, true);
  viewer.addEventListener("cancel", (event) => {
    event.preventDefault();
    close();
  });
  part("close").addEventListener("click", () => close());
  part("previous").addEventListener("click", () => move(-1));
  part("next").addEventListener("click", () => move(1));
  part("stage").addEventListener("click", (event) => event.target === part("stage") && close());
  watchSwipes(part("stage"), { left: () => move(1), up: () => move(1), right: () => move(-1), down: close });
  window.addEventListener("popstate", () => {
    pushed = false;
    close();
  });
}
