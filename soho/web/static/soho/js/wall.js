// The wall at a desk: rows that fill its width, each of one height, the pictures in their own shapes and in their order. The
// breaks between rows are chosen so that the heights stay near the one the style sheet asks for (--row). It blocks the first
// painting (it is small), so nothing moves that was seen.
import { hold } from "./near.js";

const wide = matchMedia("(min-width: 1000px)");
const wall = document.querySelector("[data-feed]");
const SHORT_OF_END = 1.15; // a last row that would be this much taller than --row is not stretched to the end
let kept = []; // rows that are hung for good: {cards, width}

const number = (style, name) => Number.parseFloat(style.getPropertyValue(name)) || 0;

function measure() {
  const style = getComputedStyle(wall);
  const width = wall.clientWidth - number(style, "padding-left") - number(style, "padding-right");
  const probe = wall.firstElementChild;
  return { width, gap: number(style, "column-gap"), row: number(getComputedStyle(probe), "flex-basis") / number(getComputedStyle(probe), "--span") };
}

/** The rows as [begin, end] of `spans` (widths of a height of 1), whose heights together are nearest to `row`. */
function breaks(spans, { width, gap, row }) {
  const cost = [0];
  const from = [0];
  for (let end = 1; end <= spans.length; end++) {
    cost[end] = Infinity;
    let sum = 0;
    for (let begin = end - 1; begin >= 0; begin--) {
      sum += spans[begin];
      const height = (width - gap * (end - begin - 1)) / sum;
      // The last row may stay short of the wall's end.
      const off = end === spans.length && height > row ? 0 : Math.log(height / row);
      const total = cost[begin] + off * off;
      if (total < cost[end]) [cost[end], from[end]] = [total, begin];
      if (height < row / 2) break;
    }
  }
  const rows = [];
  for (let end = spans.length; end > 0; end = from[end]) rows.unshift([from[end], end]);
  return rows;
}

function hang() {
  const cards = [...wall.children];
  if (!cards.length) return;
  if (!wide.matches) {
    kept = [];
    for (const card of cards) card.style.flex = "";
    wall.classList.remove("hung");
    return;
  }
  cards[0].style.flex = ""; // the one that is measured
  const wallNow = measure();
  // Rows above keep their places when older posts come beneath: only the last one is broken anew.
  kept = kept.slice(0, -1);
  const stays = kept.every((row) => row.width === wallNow.width && row.cards.every((card, at) => cards[row.from + at] === card));
  if (!stays) kept = [];
  const first = kept.reduce((count, row) => count + row.cards.length, 0);
  const rest = cards.slice(first);
  const spans = rest.map((card) => number(getComputedStyle(card), "--span"));
  for (const [begin, end] of breaks(spans, wallNow)) {
    kept.push({ from: first + begin, cards: rest.slice(begin, end), width: wallNow.width });
  }
  kept.forEach((row, at) => place(row.cards, wallNow, at === kept.length - 1));
  wall.classList.add("hung");
}

function place(cards, { width, gap, row }, last) {
  const spans = cards.map((card) => number(getComputedStyle(card), "--span"));
  const free = width - gap * (cards.length - 1);
  const fill = free / spans.reduce((sum, span) => sum + span, 0);
  const height = last && fill > row * SHORT_OF_END ? row : fill;
  // A hair less than the whole, so that rounding never pushes the last one into the next row.
  cards.forEach((card, at) => { card.style.flex = `0 0 ${Math.floor((height * spans[at] - 0.02) * 100) / 100}px`; });
}

if (wall) {
  hold(wall);
  hang();
  let width = wall.clientWidth;
  new ResizeObserver(() => {
    if (wall.clientWidth === width) return;
    width = wall.clientWidth;
    hang();
  }).observe(wall);
  wide.addEventListener("change", hang);
  new MutationObserver(() => { hold(wall); hang(); }).observe(wall, { childList: true });
}
