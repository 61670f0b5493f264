// My queue, in the header of every page: what is being made, how far it is, and what has just come out.
import { askPermission, permission } from "./badge.js";
import { creations, isMaking, on } from "./live.js";
import { eta } from "./words.js";

const panel = document.querySelector("[data-queue]");
const opener = document.querySelector("[data-queue-open]");
const list = panel.querySelector("[data-queue-list]");
const bell = panel.querySelector("[data-queue-notify]");
const WORDS = { pending: "Waiting for its turn", draft: "Ready", failed: "Failed" };
const rows = new Map();
let due = null;

function makeRow(id) {
  const row = panel.querySelector("[data-queue-row]").content.firstElementChild.cloneNode(true);
  rows.set(id, row);
  return row;
}

function fill(row, creation) {
  const at = (name) => row.querySelector(`[data-queue-${name}]`);
  const processing = creation.status === "processing";
  const say = (name, text) => { if (at(name).textContent !== text) at(name).textContent = text; };
  row.dataset.status = creation.status;
  row.className = `queue-row state-${creation.status}`;
  row.querySelector("a").title = creation.title;
  say("title", creation.title);
  say("note", processing ? creation.progressNote || "Getting ready" : WORDS[creation.status]);
  say("eta", processing ? eta(creation.etaSeconds, creation.etaRange) : "");
  const progress = row.querySelector("progress");
  const percent = Math.min(99, Math.floor((creation.progress ?? 0) * 100));
  progress.hidden = !isMaking(creation);
  say("percent", processing ? `${percent}%` : "");
  if (processing) progress.value = percent;
  else progress.removeAttribute("value");
  progress.setAttribute("aria-label", `Progress of ${creation.title}`);
}

function draw() {
  due = null;
  const all = creations().filter((one) => one.status !== "published");
  // What is being made first, and then what has come out.
  const shown = [...all.filter(isMaking), ...all.filter((one) => !isMaking(one))].slice(0, 20);
  const there = new Set(shown.map((one) => one.creationId));
  for (const [id, row] of rows) {
    if (there.has(id)) continue;
    row.remove();
    rows.delete(id);
  }
  shown.forEach((one, place) => {
    const row = rows.get(one.creationId) ?? makeRow(one.creationId);
    fill(row, one);
    if (list.children[place] !== row) list.insertBefore(row, list.children[place] ?? null);
  });
  const making = all.filter(isMaking).length;
  const count = opener.querySelector("[data-queue-count]");
  count.textContent = making > 99 ? "99+" : making;
  count.hidden = making === 0;
  opener.setAttribute("aria-label", making ? `My queue, ${making} being made` : "My queue");
  panel.querySelector("[data-queue-empty]").hidden = shown.length > 0;
  bell.hidden = permission() !== "default";
}

// Hidden tabs draw nothing by frames, and need not.
const drawSoon = () => { due ??= document.hidden ? draw() : requestAnimationFrame(draw); };

on("changed", drawSoon);
on("gone", drawSoon);
document.addEventListener("visibilitychange", drawSoon);
bell.addEventListener("click", async () => {
  const answer = await askPermission();
  bell.hidden = true;
  panel.querySelector("[data-queue-denied]").hidden = answer !== "denied";
});
draw();
