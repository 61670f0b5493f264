// Calls of Soho's JSON API. Every failure becomes a Problem with a sentence for a person.

/** Why a call failed: `status`, a stable `code`, a sentence, and what the API said beside it (`balance`, `price`, `errors`). */
export class Problem extends Error {
  constructor(status, body) {
    super(body.detail || body.title || "That did not work.");
    this.status = status;
    this.code = body.code || "error";
    this.body = body;
  }

  /** The message about the field `name`, or null. */
  about(name) {
    return (this.body.errors || []).find((one) => one.field === name)?.message ?? null;
  }
}

const OFFLINE = { code: "offline", detail: "Soho cannot be reached. Check the connection and try again; nothing was charged twice." };

/** Calls `method` `path` with an optional JSON body; resolves to the Response when it is a good one. Rejects with a Problem. */
export async function send(method, path, body, { key } = {}) {
  const headers = { Accept: "application/json" };
  const token = document.querySelector("meta[name=csrf-token]")?.content;
  if (token) headers["X-CSRFToken"] = token;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (key) headers["Idempotency-Key"] = key;
  let response;
  try {
    response = await fetch(path, { method, headers, credentials: "same-origin", body: body === undefined ? undefined : JSON.stringify(body) });
  } catch {
    throw new Problem(0, OFFLINE);
  }
  if (!response.ok) throw new Problem(response.status, await response.json().catch(() => ({})));
  return response;
}

/** Calls as `send` does; resolves to the parsed answer (null for 204). */
export async function call(method, path, body, options) {
  const response = await send(method, path, body, options);
  return response.status === 204 ? null : response.json().catch(() => ({}));
}

/** The address of one of my creations, or of something to do with it. */
export const creation = (id, verb) => `/api/generate/video/${encodeURIComponent(id)}${verb ? `/${verb}` : ""}`;

/** A part of a page as the server renders it, in an inert document; null when it cannot be had now. */
export async function fragment(href, name) {
  try {
    const response = await fetch(href, { headers: { "X-Fragment": name }, credentials: "same-origin" });
    if (!response.ok || response.redirected) return null;
    return new DOMParser().parseFromString(await response.text(), "text/html");
  } catch {
    return null;
  }
}
