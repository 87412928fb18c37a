// Asking the server. A no of a rule is `Refused` with its sentence; everything that another try may mend is
// `Unreachable`.

export class Refused extends Error {
  constructor(status, { code = "refused", sentence, ...facts }) {
    super(sentence ?? "The server refused this. Reload the page and try again.");
    Object.assign(this, { status, code, facts });
  }
}

export class Unreachable extends Error {}

const SIGNED_OUT = "You are signed out. Sign in again in another tab; what you drew is kept here";

function token() {
  const cookie = document.cookie.split("; ").find((one) => one.startsWith("csrftoken="));
  if (cookie) return cookie.slice("csrftoken=".length);
  return document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
}

// Sends JSON (or a form) and answers with JSON.
export async function send(url, { method = "POST", body = {}, keepalive = false } = {}) {
  const isForm = body instanceof FormData;
  const headers = { Accept: "application/json", "X-CSRFToken": token() };
  if (!isForm) headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(url, {
      method, headers, keepalive, credentials: "same-origin", body: isForm ? body : JSON.stringify(body),
    });
  } catch {
    throw new Unreachable("Offline");
  }
  if (response.redirected && new URL(response.url).pathname !== new URL(url, location.href).pathname) {
    throw new Unreachable(SIGNED_OUT);
  }
  if (response.status >= 500 || response.status === 429) throw new Unreachable("The server does not answer");
  const isJson = (response.headers.get("Content-Type") ?? "").includes("json");
  if (!isJson) {
    if (response.status === 403) throw new Unreachable(SIGNED_OUT);
    throw response.ok ? new Unreachable("The server does not answer") : new Refused(response.status, {});
  }
  const answer = await response.json();
  if (!response.ok) throw new Refused(response.status, answer);
  return answer;
}

// A page or a part of one, parsed. null when it is to be opened by the browser instead (moved, gone, signed out).
export async function fetchHtml(url) {
  let response;
  try {
    response = await fetch(url, { headers: { Accept: "text/html" }, credentials: "same-origin" });
  } catch {
    throw new Unreachable("Offline");
  }
  if (!response.ok || response.redirected) return null;
  return new DOMParser().parseFromString(await response.text(), "text/html");
}
