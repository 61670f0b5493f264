// "3 new posts": tells that the feed has gone on, and never moves what one reads. Tapping it loads them and goes to the top.
import { announce } from "./announce.js";
import { call, fragment } from "./api.js";
import { autoplay, playOnHover } from "./autoplay.js";
import { hasDoor, openStream } from "./live-stream.js";
import { paintPlaceholders } from "./placeholder.js";

const pill = document.querySelector("[data-news]");
const list = document.querySelector("[data-feed]");
const SETTLED = 2000; // after the page has come: nobody waits for this
const ASK = 60_000;
const MOST = 99;
let close = null;
let timer = null;
let count = 0;

/** The newest post on the page, as the live door wants it named. */
function since() {
  const card = list.querySelector("[data-post]");
  return card ? `${card.querySelector("time").dateTime},${card.dataset.post}` : "";
}

function show(newer) {
  if (newer > count) announce(newer === 1 ? "1 new post" : `${newer} new posts`);
  count = newer;
  pill.hidden = newer === 0;
  pill.querySelector("[data-news-count]").textContent = newer > MOST ? `${MOST}+ new posts` : newer === 1 ? "1 new post" : `${newer} new posts`;
}

const rank = (moment, id) => `${moment} ${id}`;

async function ask() {
  try {
    const { creations } = await call("GET", "/api/feed");
    const [moment, id] = since().split(",");
    show(creations.filter((one) => rank(one.publishedAt, one.creationId) > rank(moment, id ?? "")).length);
  } catch {
    // Asked again soon.
  }
  timer = setTimeout(ask, ASK);
}

function listen() {
  stop();
  if (document.hidden) return;
  const live = (is) => {
    clearTimeout(timer);
    if (!is) timer = setTimeout(ask, ASK);
  };
  if (hasDoor) close = openStream(() => `/live/feed?since=${encodeURIComponent(since())}`, ["posts"], (name, data) => show(data.count), live);
  else timer = setTimeout(ask, ASK);
}

function stop() {
  close?.();
  close = null;
  clearTimeout(timer);
}

async function load() {
  const page = await fragment(pill.dataset.news, "feed");
  const cards = page?.querySelector("[data-feed]");
  if (!cards) return location.assign(pill.dataset.news);
  const known = new Set([...list.querySelectorAll("[data-post]")].map((card) => card.dataset.post));
  const all = [...cards.children].map((card) => document.adoptNode(card));
  const fresh = all.filter((card) => !known.has(card.dataset.post));
  if (fresh.length === all.length && known.size) {
    // More has come than a page holds: what lies between is not here, so the feed begins anew.
    location.assign(pill.dataset.news);
    return undefined;
  }
  list.prepend(...fresh);
  list.parentElement.querySelector(".empty-state")?.remove();
  paintPlaceholders(list);
  autoplay(list);
  playOnHover(list);
  scrollTo({ top: 0, behavior: "instant" });
  fresh[0]?.querySelector("a")?.focus({ preventScroll: true });
  announce(fresh.length === 1 ? "1 new post loaded" : `${fresh.length} new posts loaded`);
  return undefined;
}

pill.addEventListener("click", async () => {
  if (pill.getAttribute("aria-busy")) return;
  pill.setAttribute("aria-busy", "true");
  try {
    await load();
  } finally {
    pill.removeAttribute("aria-busy");
  }
  show(0);
  listen();
});
document.addEventListener("visibilitychange", listen);
addEventListener("pagehide", stop);
addEventListener("pageshow", (event) => { if (event.persisted) listen(); });
setTimeout(listen, SETTLED);
