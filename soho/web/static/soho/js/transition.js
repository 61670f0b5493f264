// One picture growing into another, where the browser can and the reader has nothing against motion.
const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** Runs `change`; the element `from` turns into the element that `to()` finds afterwards. */
export function grow(from, change, to) {
  if (!document.startViewTransition || calm.matches || document.hidden) {
    change();
    return;
  }
  document.documentElement.classList.add("growing");
  from.style.viewTransitionName = "picture";
  const transition = document.startViewTransition(() => {
    from.style.viewTransitionName = "";
    change();
    const target = to();
    if (target) target.style.viewTransitionName = "picture";
  });
  // Skipped transitions reject what we do not need to know.
  transition.ready.catch(() => {});
  transition.finished.finally(() => {
    const target = to();
    if (target) target.style.viewTransitionName = "";
    document.documentElement.classList.remove("growing");
  });
}
