// A page with posts: they play, they open, and older ones come by themselves.
import { autoplay, playOnHover } from "./autoplay.js";
import { playOnHold } from "./hold.js";
import { endless } from "./pager.js";
import { paintPlaceholders } from "./placeholder.js";
import { watchOwners } from "./owner.js";
import { watchOpening } from "./viewer.js";
import { watchFollows } from "./follow.js";
import { watchSound } from "./sound.js";
import { watchTalks } from "./talk.js";

function prepare(root) {
  paintPlaceholders(root);
  autoplay(root);
  playOnHover(root);
}

prepare(document);
endless(document, prepare);
for (const tiles of document.querySelectorAll(".tiles")) playOnHold(tiles);
watchOpening(document);
watchOwners();
watchSound();
watchTalks();
watchFollows();
