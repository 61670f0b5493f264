// Asking before acting, in the page's own dialogs.

/**
 * Opens `dialog` saying `about` and does `act(formData)` when it is confirmed. It closes once that succeeded; a failure is said
 * inside (where there is a place for it) or handed on. Resolves to whether it was done.
 */
export function ask(dialog, about, act) {
  const form = dialog.querySelector("form");
  const failure = dialog.querySelector("[role=alert]");
  const confirm = dialog.querySelector("[type=submit]");
  dialog.querySelector("[data-about]").textContent = about;
  form.reset();
  if (failure) failure.hidden = true;
  return new Promise((resolve, reject) => {
    const over = new AbortController();
    let done = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (confirm.disabled) return;
      confirm.disabled = true;
      try {
        await act(new FormData(form));
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
