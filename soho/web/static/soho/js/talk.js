// What people say of a post: said, answered and deleted without leaving the page. Its forms and links work by themselves.
import { Problem, call, creation, fragment } from "./api.js";
import { announce } from "./announce.js";
import { ask } from "./ask.js";
import { toast } from "./toast.js";

const SHORT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1, roundingMode: "trunc" });
const addressOf = (talk) => document.querySelector(`[data-post="${CSS.escape(talk.dataset.of)}"] a.post-time`)?.href ?? location.href;
const threadOf = (item) => item.closest("[data-replies]") ?? item.closest("[data-comments]");

/** Shows one comment more (or `step` fewer) wherever the post is; "1.2K" stays, as nobody can tell it from 1,201. */
function count(id, step) {
  const places = `[data-post="${CSS.escape(id)}"] [data-comment-count], [data-of="${CSS.escape(id)}"] [data-comment-count]`;
  for (const figure of document.querySelectorAll(places)) {
    if (/^\d+$/.test(figure.textContent)) figure.textContent = SHORT.format(Math.max(0, Number(figure.textContent) + step));
  }
}

function refuse(form, problem) {
  const place = form.querySelector("[data-comment-error]");
  place.textContent = problem?.message ?? "";
  place.hidden = !problem;
  form.elements.text.toggleAttribute("aria-invalid", Boolean(problem));
  if (problem) form.elements.text.focus();
}

function answer(form, id, name) {
  form.elements.parent.value = id ?? "";
  const line = form.querySelector("[data-comment-to]");
  line.hidden = !id;
  line.querySelector("[data-to]").textContent = name ?? "";
  form.elements.text.focus();
}

async function rendered(talk, id) {
  const address = new URL(addressOf(talk));
  address.search = new URLSearchParams({ comment: id });
  address.hash = "";
  return (await fragment(address, "comment"))?.querySelector("[data-comment]") ?? null;
}

async function say(form) {
  if (form.getAttribute("aria-busy")) return;
  form.setAttribute("aria-busy", "true");
  refuse(form, null);
  const talk = form.closest("[data-talk]");
  const parentId = form.elements.parent.value;
  try {
    const { comment } = await call("POST", creation(talk.dataset.of, "comments"), { text: form.elements.text.value, ...(parentId && { parentId }) });
    form.elements.text.value = "";
    answer(form, null);
    count(talk.dataset.of, 1);
    talk.querySelector("[data-no-comments]")?.remove();
    const fresh = await rendered(talk, comment.commentId);
    if (!fresh) {
      toast("Your comment is there.");
      return;
    }
    const node = document.adoptNode(fresh);
    const list = comment.parentId ? talk.querySelector(`[data-comment="${CSS.escape(comment.parentId)}"] [data-replies]`) : talk.querySelector("[data-comments]");
    if (!list) return;
    list.hidden = false;
    if (comment.parentId) list.append(node);
    else list.prepend(node);
    node.scrollIntoView({ block: "nearest" });
    announce("Your comment is there.");
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    refuse(form, problem);
  } finally {
    form.removeAttribute("aria-busy");
  }
}

async function remove(item) {
  const talk = item.closest("[data-talk]");
  const list = threadOf(item);
  const replies = item.querySelectorAll("[data-comment]").length;
  const about = replies ? "It and the answers to it will be gone." : "It will be gone.";
  const more = item.querySelector("[data-thread]"); // answers that are not shown are counted by the next page
  const done = await ask(document.getElementById("comment-dialog"), about, () => call("DELETE", `/api/comments/${encodeURIComponent(item.dataset.comment)}`));
  if (!done) return;
  const next = (item.nextElementSibling ?? item.previousElementSibling)?.querySelector("a:not([tabindex])");
  item.remove();
  if (list.matches("[data-replies]") && !list.childElementCount) list.hidden = true;
  if (!more) count(talk.dataset.of, -1 - replies);
  (next ?? talk.querySelector("textarea"))?.focus();
  toast("Deleted");
}

async function wholeThread(link) {
  const page = await fragment(link.href, "talk");
  const whole = page?.querySelector(`[data-comment="${CSS.escape(link.dataset.thread)}"]`);
  if (!whole) {
    location.assign(link.href);
    return;
  }
  const list = link.closest("[data-comment]").querySelector("[data-replies]");
  const shown = list.childElementCount;
  list.replaceChildren(...[...whole.querySelector("[data-replies]").children].map((item) => document.adoptNode(item)));
  list.hidden = false;
  const further = page.querySelector("[data-more-comments]");
  if (further) {
    link.href = further.getAttribute("href");
    link.textContent = "More replies";
    link.removeAttribute("data-thread");
    link.setAttribute("data-more-comments", "");
  } else {
    link.closest("p").remove();
  }
  list.children[Math.min(shown, list.childElementCount - 1)]?.querySelector(".comment-name")?.focus();
}

async function older(link) {
  const page = await fragment(link.href, "talk");
  const thread = new URL(link.href).searchParams.get("thread");
  const from = thread ? page?.querySelector(`[data-comment="${CSS.escape(thread)}"] [data-replies]`) : page?.querySelector("[data-comments]");
  if (!from) {
    location.assign(link.href);
    return;
  }
  const talk = link.closest("[data-talk]");
  const list = thread ? talk.querySelector(`[data-comment="${CSS.escape(thread)}"] [data-replies]`) : talk.querySelector("[data-comments]");
  const fresh = [...from.children].map((item) => document.adoptNode(item));
  list.append(...fresh);
  const next = page.querySelector("[data-more-comments]");
  if (next) link.href = next.getAttribute("href");
  else link.closest("p").remove();
  fresh[0]?.querySelector(".comment-name")?.focus();
}

function clicked(event) {
  if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const link = event.target.closest("[data-reply], [data-delete-comment], [data-thread], [data-more-comments], [data-no-reply]");
  if (!link?.closest("[data-talk]")) return;
  event.preventDefault();
  const form = link.closest("[data-talk]").querySelector("[data-comment-form]");
  if (link.matches("[data-reply]")) answer(form, link.dataset.reply, link.dataset.to);
  else if (link.matches("[data-no-reply]")) answer(form, null);
  else if (link.matches("[data-thread]")) wholeThread(link);
  else if (link.matches("[data-more-comments]")) older(link);
  else remove(link.closest("[data-comment]")).catch((problem) => toast(problem.message, { failed: true }));
}

/** Makes every talk of the page work, also those that come later. */
export function watchTalks() {
  document.addEventListener("click", clicked);
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-comment-form]")) return;
    event.preventDefault();
    say(event.target);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.target.closest?.("[data-comment-form]")?.requestSubmit();
  });
}
