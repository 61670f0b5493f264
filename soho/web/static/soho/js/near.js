// Pictures wait until they come near. Browsers fetch lazy ones up to 2,500 pixels ahead, which on a phone is much that nobody
// may ever scroll to; the placeholder's colours stand there meanwhile. Without scripts the browser decides by itself.

const sourcesOf = (picture) => picture.parentElement.querySelectorAll(":scope > source");

const near = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    near.unobserve(target);
    for (const source of sourcesOf(target)) {
      source.srcset = source.dataset.later;
      delete source.dataset.later;
    }
    target.src = target.dataset.later;
    delete target.dataset.later;
  }
}, { rootMargin: "75% 0px" });

/** Takes the lazy pictures below `root` back until they are less than a screen away. For before they are first laid out. */
export function hold(root) {
  for (const picture of root.querySelectorAll("img[loading=lazy][src]:not([data-held])")) {
    picture.dataset.held = "";
    if (picture.complete && picture.naturalWidth) continue;
    picture.dataset.later = picture.getAttribute("src");
    for (const source of sourcesOf(picture)) {
      source.dataset.later = source.srcset;
      source.removeAttribute("srcset");
    }
    picture.removeAttribute("src");
    near.observe(picture);
  }
}
