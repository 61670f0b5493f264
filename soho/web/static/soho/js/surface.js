// What is behind an open dialog can be neither heard nor clicked, so what speaks to everybody comes to the front of it.

/** Puts `element` inside the dialog that covers the page, for as long as one does. */
export function surface(element) {
  const cover = [...document.querySelectorAll("dialog[open]")].at(-1);
  if (!cover) {
    if (element.parentElement !== document.body) document.body.append(element);
    return element;
  }
  if (!cover.contains(element)) {
    cover.append(element);
    cover.addEventListener("close", () => surface(element), { once: true });
  }
  return element;
}
