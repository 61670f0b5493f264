// One's own picture on the settings page: made small here, sent at once, seen at once.
import { call, Problem } from "./api.js";
import { toast } from "./toast.js";

const SIDE = 512;
const LARGEST = 5 * 1024 * 1024;
const field = document.querySelector("[data-face]");
const input = field?.querySelector("[type=file]");
const failure = field?.querySelector("[role=alert]");
const remove = document.querySelector("[data-remove-face]");

function say(sentence) {
  failure.querySelector("span").textContent = sentence;
  failure.hidden = !sentence;
  input.setAttribute("aria-invalid", String(Boolean(sentence)));
}

/** The middle square of `file` in few bytes; the file itself when it cannot be read here: the server says why. */
async function small(file) {
  const image = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => null);
  if (!image) return file;
  const short = Math.min(image.width, image.height);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = Math.min(SIDE, short);
  const paint = canvas.getContext("2d");
  paint.fillStyle = "white";
  paint.fillRect(0, 0, canvas.width, canvas.width);
  paint.imageSmoothingQuality = "high";
  paint.drawImage(image, (image.width - short) / 2, (image.height - short) / 2, short, short, 0, 0, canvas.width, canvas.width);
  image.close();
  return new Promise((resolve) => canvas.toBlob((blob) => resolve(blob ?? file), "image/jpeg", 0.92));
}

async function send(body) {
  if (body.size > LARGEST) throw new Problem(422, { detail: "Choose a picture of at most 5 MB." });
  const response = await fetch("/api/me/avatar", {
    method: "PUT",
    body,
    credentials: "same-origin",
    headers: { "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content, "Content-Type": body.type || "application/octet-stream" },
  }).catch(() => { throw new Problem(0, { detail: "Soho cannot be reached. Check the connection and try again." }); });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Problem(response.status, answer);
  return answer.user;
}

/** Shows `user` as they are now wherever this page shows them. */
function wear(user) {
  for (const avatar of document.querySelectorAll(".header-you .avatar, [data-face] .avatar")) {
    avatar.querySelector("img")?.remove();
    if (!user.avatarUrl) continue;
    const image = new Image();
    image.alt = "";
    image.src = avatar.classList.contains("large") ? user.avatarLargeUrl : user.avatarUrl;
    avatar.append(image);
  }
  remove.hidden = !user.avatarUrl;
}

input?.addEventListener("change", async () => {
  const file = input.files[0];
  if (!file) return;
  say("");
  field.setAttribute("aria-busy", "true");
  try {
    wear(await send(await small(file)));
    toast("Your picture is changed.");
  } catch (problem) {
    say(problem.message);
  } finally {
    input.value = ""; // it is sent already, or refused: saving the words must not send it again
    field.removeAttribute("aria-busy");
  }
});

remove?.addEventListener("click", async (event) => {
  event.preventDefault();
  try {
    wear((await call("DELETE", "/api/me/avatar")).user);
    toast("Your picture is removed.");
    input.focus();
  } catch (problem) {
    say(problem.message);
  }
});
