// On every page: likes, the balance, small pictures before the real ones.
import { watchLikes } from "./like.js";
import { paintPlaceholders } from "./placeholder.js";
import { adoptServerToasts } from "./toast.js";
import { countCharacters } from "./counter.js";
import { takeUpUndo } from "./undo.js";

watchLikes(document);
paintPlaceholders(document);
adoptServerToasts();
takeUpUndo();
countCharacters(document);
