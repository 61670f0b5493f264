// A page with posts: they play, they open, and older ones come by themselves.
import { autoplay, playOnHover } from "./autoplay.js";
import { endless } from "./pager.js";
import { paintPlaceholders } from "./placeholder.js";
import { watchOwners } from "./owner.js";
import { watchOpening } from "./viewer.js";

function prepare(root) {
  paintPlaceholders(root);
  autoplay(root);
  playOnHover(root);
}

prepare(document);
endless(document, prepare);
watchOpening(document);
watchOwners();
