// Times to come, in the viewer's zone and in UTC beside it.
import { ask } from "./ask.js";

const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone || "local time";
const two = (number) => String(number).padStart(2, "0");
const local = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const universal = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "UTC" });

/** A moment as <input type="datetime-local"> takes it, in the viewer's zone. */
const asInput = (moment) => `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}T${two(moment.getHours())}:${two(moment.getMinutes())}`;

/** "Sun 3 May, 16:00 (3 May, 14:00 UTC)". */
export const inBoth = (moment) => `${local.format(moment)} (${universal.format(moment)} UTC)`;

/** Says every time below `root` in the viewer's zone too. */
export function localTimes(root) {
  for (const time of root.querySelectorAll("time[data-local]:not(.told)")) {
    time.classList.add("told");
    time.textContent = inBoth(new Date(time.dateTime));
  }
}

/** The next full hour that is at least half an hour away. */
function nextHour() {
  const moment = new Date(Date.now() + 90 * 60_000);
  moment.setMinutes(0, 0, 0);
  return moment;
}

/**
 * Asks for a time and a caption, saying `about`, and does `act({publishAt, caption})`; `publishAt` is null when it is to be taken
 * off its schedule, which is offered when it is `clearable`. Resolves to "schedule", "unschedule" or null.
 */
export async function askWhen(about, { publishAt = "", caption = "", clearable = Boolean(publishAt) }, act) {
  const dialog = document.getElementById("schedule-dialog");
  const time = dialog.querySelector("[name=time]");
  const both = dialog.querySelector("[data-both]");
  dialog.querySelector("[data-zone]").textContent = zone();
  dialog.querySelector("[data-clear]").hidden = !clearable;
  const say = () => {
    const moment = new Date(time.value);
    both.textContent = time.value && !Number.isNaN(moment.getTime()) ? inBoth(moment) : "Within a year from now.";
  };
  time.oninput = say;
  const fill = { time: asInput(publishAt ? new Date(publishAt) : nextHour()), caption };
  let verb = null;
  const sure = await ask(dialog, about, async (form, answer) => {
    verb = answer === "clear" ? "unschedule" : "schedule";
    if (answer === "clear") return act({ publishAt: null });
    const moment = new Date(form.get("time"));
    if (!form.get("time") || Number.isNaN(moment.getTime())) throw new Error("Choose a day and a time.");
    const words = form.get("caption").trim();
    return act({ publishAt: moment.toISOString(), ...(words || caption ? { caption: words } : {}) });
  }, { fill, opened: say });
  return sure ? verb : null;
}
