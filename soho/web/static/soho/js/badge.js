// Tells somebody who looks elsewhere that something has come out: "(1)" before the title, and a notification if they allowed it.
import { isMaking, on } from "./live.js";

const COUNTED = /^\(\d+\) /;
let unseen = 0;

/** "default" when one can still be asked, "granted", "denied", or "none" where the browser has no notifications. */
export const permission = () => ("Notification" in window && window.isSecureContext ? Notification.permission : "none");

/** Asks whether notifications may be shown. Called from a click, never by itself. */
export const askPermission = () => Notification.requestPermission();

function title() {
  document.title = (unseen ? `(${unseen}) ` : "") + document.title.replace(COUNTED, "");
}

function notify(creation) {
  if (permission() !== "granted") return;
  const kind = creation.mediaType === "video" ? "video" : "image";
  const words = creation.status === "failed" ? `Your ${kind} failed` : `Your ${kind} is ready`;
  // All tabs may say it; with one tag the browser shows it once.
  const shown = new Notification(words, { body: creation.title, tag: creation.creationId, icon: "/static/soho/art/icon-192.png" });
  shown.addEventListener("click", () => {
    window.focus();
    location.assign(document.querySelector("[data-queue]").dataset.queueHome);
  });
}

on("changed", (creation, before) => {
  if (!document.hidden || !isMaking(before) || isMaking(creation) || creation.status === "published") return;
  unseen += 1;
  title();
  notify(creation);
});

document.addEventListener("visibilitychange", () => {
  if (document.hidden || !unseen) return;
  unseen = 0;
  title();
});
