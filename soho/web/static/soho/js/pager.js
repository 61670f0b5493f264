// The next page by itself: follows the "Older" link when it comes near, and puts what it finds beneath.
import { fragment } from "./api.js";
import { announce } from "./announce.js";

const near = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) if (isIntersecting) follow(target);
}, { rootMargin: "150% 0px" });

const arrivals = [];

async function follow(link) {
  near.unobserve(link);
  if (link.getAttribute("aria-busy")) return;
  link.setAttribute("aria-busy", "true");
  const page = await fragment(link.href, "feed");
  link.removeAttribute("aria-busy");
  const list = document.querySelector("[data-feed]");
  const cards = page?.querySelector("[data-feed]");
  if (!cards) return; // The link stays, to be clicked.
  const known = new Set([...list.querySelectorAll("[data-post]")].map((card) => card.dataset.post));
  const fresh = [...cards.children].filter((card) => !known.has(card.dataset.post)).map((card) => document.adoptNode(card));
  list.append(...fresh);
  const next = page.querySelector("[data-older]");
  const pager = link.closest(".pager");
  if (next) {
    link.href = next.getAttribute("href");
    near.observe(link);
  } else {
    pager.remove();
  }
  announce(`${fresh.length} older posts`);
  arrivals.forEach((arrived) => arrived(list));
}

/** Fetches older posts whenever the end comes near; `arrived(list)` is called after each time. */
export function endless(root, arrived) {
  arrivals.push(arrived);
  root.querySelectorAll("[data-older]").forEach((link) => near.observe(link));
}

/** Fetches the next page now (the viewer has come to the last post). Resolves when it is there, or when there is none. */
export async function fetchOlder() {
  const link = document.querySelector("[data-older]");
  if (link) await follow(link);
}
