// On every page: likes, the balance, small pictures before the real ones.
import { watchLikes } from "./like.js";
import { paintPlaceholders } from "./placeholder.js";
import { adoptServerToasts } from "./toast.js";
import { countCharacters } from "./counter.js";

watchLikes(document);
paintPlaceholders(document);
adoptServerToasts();
countCharacters(document);
