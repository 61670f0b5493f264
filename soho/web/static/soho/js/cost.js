// What a wish costs and what is left after it, before anything is pressed.
import { balance } from "./balance.js";
import { tokens } from "./words.js";

/** Says in `form` what `price` tokens mean for who has what the page shows. */
export function tellCost(form, price) {
  const have = balance();
  const left = have === null ? null : have - price;
  const after = left === null || left < 0 ? "" : `, ${left.toLocaleString("en")} left after`;
  form.querySelector("[data-cost]").textContent = `Costs ${tokens(price)}${after}`;
  const few = form.querySelector("[data-too-few]");
  if (!few || have === null) return;
  const image = Number(form.querySelector("input[name=kind][value=image]").dataset.price);
  few.hidden = left >= 0;
  few.querySelector("[data-too-few-say]").textContent = `This costs ${tokens(price)} and you have ${have.toLocaleString("en")}.`;
  few.querySelector("[data-too-few-image]").hidden = image > have || price <= image;
}
