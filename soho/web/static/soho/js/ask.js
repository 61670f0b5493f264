// Asking before acting, in the page's own dialogs.

/**
 * Opens `dialog` saying `about` and does `act(formData, value)` when it is confirmed; `value` is the pressed button's. It closes
 * once that succeeded; a failure is said inside (where there is a place for it) or handed on. `fill` is what its fields hold at
 * first, `opened` is called when they do. Resolves to whether it was done.
 */
export function ask(dialog, about, act, { fill = {}, opened } = {}) {
  const form = dialog.querySelector("form");
  const failure = dialog.querySelector("[role=alert]");
  const confirm = dialog.querySelector("[value=confirm]");
  dialog.querySelector("[data-about]").textContent = about;
  form.reset();
  for (const [name, value] of Object.entries(fill)) {
    form.elements[name].value = value;
    form.elements[name].dispatchEvent(new Event("input", { bubbles: true }));
  }
  opened?.();
  if (failure) failure.hidden = true;
  return new Promise((resolve, reject) => {
    const over = new AbortController();
    let done = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (confirm.disabled) return;
      confirm.disabled = true;
      try {
        await act(new FormData(form), event.submitter?.value);
        done = true;
        dialog.close();
      } catch (problem) {
        if (failure) {
          failure.textContent = problem.message;
          failure.hidden = false;
        } else {
          reject(problem);
          dialog.close();
        }
      } finally {
        confirm.disabled = false;
      }
    }, { signal: over.signal });
    dialog.querySelector("[data-dismiss]").addEventListener("click", () => dialog.close(), { signal: over.signal });
    // A click beside it means no.
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close(), { signal: over.signal });
    dialog.addEventListener("close", () => {
      over.abort();
      resolve(done);
    }, { once: true });
    dialog.showModal();
  });
}
