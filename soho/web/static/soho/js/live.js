// What is mine and changes: told by the live door, asked for where there is none or it is down. Of all tabs one listens, the
// one that was looked at last, and tells the others: browsers open few connections to a host, and a person has few streams.
import { call } from "./api.js";
import { tell } from "./balance.js";
import { hasDoor, openStream } from "./live-stream.js";

const me = document.querySelector("meta[name=username]")?.content;
const NAMES = ["queue", "creation", "gone", "balance"];
const GRACE = 2500; // a stream that comes back by then was never missed
const OFTEN = 3000;
const SELDOM = 30_000;
const PATIENT = 5000;

const known = new Map(); // creations by id, as last heard of
const listeners = { changed: new Set(), gone: new Set(), live: new Set() };
const shared = Boolean(me && navigator.locks && window.BroadcastChannel);
const channel = shared ? new BroadcastChannel(`soho-live:${me}`) : null;
let live = false;
let heard = ""; // the id of the last event
let leading = null; // what ends our own stream and asking, while this tab is the one that listens
let waiting = null; // takes back our place in the line of those who would listen

/** Whether news come by themselves now. */
export const isLive = () => live;

/** My creations that are being made or have just been, newest first. */
export const creations = () => [...known.values()].sort((one, other) => (one.creationId < other.creationId ? 1 : -1));

/** Calls `listener` at each "changed" (creation, what it was before), "gone" (id) or "live" (whether). Returns what stops that. */
export function on(what, listener) {
  listeners[what].add(listener);
  return () => listeners[what].delete(listener);
}

const announce = (what, ...words) => [...listeners[what]].forEach((listener) => listener(...words));
export const isMaking = (one) => one?.status === "pending" || one?.status === "processing";

function changed(creation) {
  const before = known.get(creation.creationId);
  if (before && JSON.stringify(before) === JSON.stringify(creation)) return;
  known.set(creation.creationId, creation);
  announce("changed", creation, before);
}

function gone(id) {
  if (known.delete(id)) announce("gone", id);
}

function begin({ creations: all, gone: lost, balance }) {
  const there = new Set(all.map((one) => one.creationId));
  for (const one of [...known.values()]) if (isMaking(one) && !there.has(one.creationId)) gone(one.creationId);
  lost.forEach(gone);
  all.forEach(changed);
  if (balance) tell(balance.available);
}

function apply(name, data, id) {
  if (id) heard = id;
  if (name === "queue") begin(data);
  else if (name === "creation") changed(data);
  else if (name === "gone") gone(data.creationId);
  else tell(data.available);
}

function setLive(is) {
  if (live === is) return;
  live = is;
  announce("live", is);
}

/** Listens, and asks while there is nothing to listen to; tells the other tabs. Returns what ends both. */
function lead() {
  let timer = null;
  const spread = (message) => channel?.postMessage(message);

  async function ask() {
    const making = () => [...known.values()].some(isMaking);
    if (making() || !document.hidden) {
      try {
        const { creations: drafts } = await call("GET", "/api/generate/drafts?limit=50");
        const all = drafts.filter((one) => isMaking(one) || known.has(one.creationId));
        const data = { creations: all.map((one) => ({ ...one, title: one.prompt.slice(0, 160) })), gone: [], balance: null };
        if (!live) {
          apply("queue", data);
          spread({ name: "queue", data });
        }
      } catch {
        // Asked again soon.
      }
    }
    if (live || !leading) return;
    clearTimeout(timer); // the stream may have come and gone meanwhile
    timer = setTimeout(ask, making() ? OFTEN : SELDOM);
  }

  function standing(is) {
    clearTimeout(timer);
    setLive(is);
    spread({ live: is });
    if (!is) timer = setTimeout(ask, GRACE);
  }

  const told = (name, data, id) => {
    apply(name, data, id);
    spread({ name, data, id });
  };
  const path = () => `/live/me${heard ? `?after=${encodeURIComponent(heard)}` : ""}`;
  const close = hasDoor ? openStream(path, NAMES, told, standing) : null;
  if (!close) timer = setTimeout(ask, GRACE);
  return () => {
    close?.();
    clearTimeout(timer);
  };
}

function take(steal) {
  waiting?.abort();
  waiting = steal ? null : new AbortController();
  const mine = waiting;
  const options = steal ? { steal: true } : { signal: mine.signal };
  navigator.locks.request(`soho-live:${me}`, options, () => new Promise((release) => {
    const end = lead();
    leading = () => {
      leading = null;
      end();
      release();
    };
  })).catch(() => {
    // Another tab is looked at now and has taken over. When it goes, it may be our turn again.
    if (mine?.signal.aborted) return;
    leading?.();
    take(false);
  });
}

function start() {
  if (!shared) {
    leading = lead();
    return;
  }
  channel.onmessage = ({ data: message }) => {
    if (message.hello) {
      if (leading) channel.postMessage({ name: "queue", data: { creations: creations(), gone: [], balance: null }, id: heard, live });
      return;
    }
    if (leading) return;
    if (message.live !== undefined) setLive(message.live);
    if (message.name) apply(message.name, message.data, message.id);
  };
  if (document.hidden) {
    channel.postMessage({ hello: true });
    take(false);
  } else {
    take(true);
  }
}

if (me) {
  start();
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && shared && !leading) take(true);
  });
  // A page that is put aside whole must hold nothing; it begins again when it is taken out.
  addEventListener("pagehide", () => {
    waiting?.abort();
    leading?.();
  });
  addEventListener("pageshow", (event) => { if (event.persisted && !leading) start(); });
}

/** The next word on one creation; null when there was none in `milliseconds` (or in a while, with a stream) and it is time to ask. */
export function newsOf(id, milliseconds) {
  return new Promise((resolve) => {
    const stops = [];
    const done = (found) => {
      clearTimeout(timer);
      stops.forEach((stop) => stop());
      resolve(found);
    };
    const timer = setTimeout(done, live ? PATIENT : milliseconds, null);
    stops.push(on("changed", (one) => { if (one.creationId === id) done(one); }), on("live", (is) => { if (!is) done(null); }));
  });
}
