// "12 / 2,200" beneath a text box, counted in code points as the server counts.

/** Keeps every counter below `root` in step with its text box. */
export function countCharacters(root) {
  for (const line of root.querySelectorAll("[data-count-for]")) {
    const box = document.getElementById(line.dataset.countFor);
    const count = () => { line.textContent = `${[...box.value].length.toLocaleString("en")} / ${box.maxLength.toLocaleString("en")}`; };
    box.addEventListener("input", count);
    box.form?.addEventListener("reset", () => setTimeout(count));
    count();
  }
}
