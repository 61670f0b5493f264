// One stream of the live door, which comes back by itself when it ends or breaks.

const door = document.querySelector("meta[name=live]")?.content; // "": this site's own address
const FIRST = 2000; // before the first try of ours, when the door answers but lets nobody in
const LONGEST = 120_000;

/** Whether this site has a live door at all. */
export const hasDoor = door !== undefined && "EventSource" in window;

/**
 * Opens the stream at the path that `path()` gives. `told(name, data, id)` hears each event called one of `names`;
 * `live(is)` hears whether the stream stands, when that changes: further tries that fail are no news, and put off nothing that
 * waits. Returns what closes it for good.
 */
export function openStream(path, names, told, live) {
  let source = null;
  let stands = null; // nothing is known before the first try
  let timer = null;
  let pause = FIRST;

  function tell(is) {
    if (is === stands) return;
    stands = is;
    live(is);
  }

  function open() {
    source = new EventSource(`${door}${path()}`, { withCredentials: true });
    source.onopen = () => {
      pause = FIRST;
      tell(true);
    };
    source.onerror = () => {
      tell(false);
      if (source.readyState !== EventSource.CLOSED) return; // the browser is on its way back already
      timer = setTimeout(open, pause * (0.75 + Math.random() / 2));
      pause = Math.min(pause * 2, LONGEST);
    };
    for (const name of names) {
      source.addEventListener(name, (event) => told(name, JSON.parse(event.data), event.lastEventId));
    }
  }

  open();
  return () => {
    clearTimeout(timer);
    source.close();
    tell(false);
  };
}
