// What pages gain from JavaScript. Everything here has a plain form or link beneath it.

const YEAR = 365 * 24 * 3600;

function setCookie(name, value, seconds = YEAR) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${encodeURIComponent(value)}; Path=/; Max-Age=${seconds}; SameSite=Lax${secure}`;
}

// The server writes times in the browser's zone from the second page on.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && !document.cookie.includes(`mete_tz=${encodeURIComponent(zone)}`)) setCookie("mete_tz", zone);

// --- appearance: no reload ---------------------------------------------------------------
function wear(theme) {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  setCookie("mete_theme", theme, theme === "system" ? 0 : YEAR);
  for (const button of document.querySelectorAll("[data-appearance] button")) {
    button.setAttribute("aria-pressed", String(button.value === theme));
  }
}

// --- one press, one request ---------------------------------------------------------------
// <form data-once>: the pressed button is off until the answer comes.
const speaksHtmx = (form) => form.matches("[hx-post], [hx-get], [hx-put], [hx-delete]");

function release(form) {
  for (const button of form.querySelectorAll("button[data-in-flight]")) {
    button.disabled = false;
    button.removeAttribute("data-in-flight");
  }
}

document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-once]:has([data-in-flight])")) {
    event.preventDefault();
    event.stopPropagation();
  }
}, { capture: true });
document.addEventListener("submit", (event) => {
  const form = event.target;
  const pressed = event.submitter;
  if (form.matches("[data-appearance]") && pressed) {
    event.preventDefault();
    wear(pressed.value);
  } else if (form.matches("[data-upload]")) {
    upload(event);
  } else if (form.matches("[data-once]") && pressed && (!event.defaultPrevented || speaksHtmx(form))) {
    pressed.dataset.inFlight = "";
    setTimeout(() => { pressed.disabled = true; }); // not now: its own name and value are still to be sent
  }
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest("form");
  if (form) release(form);
});
addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form").forEach(release);
});

// --- many files, one request each ----------------------------------------------------------
// <form data-upload> holding file inputs and "_shared/sending.html". Each file goes alone, with the form's other
// fields, to the form's address; `Accept: application/json` asks to add it only, and the answer is
// {files: [{name, outcome: "added" | "duplicate" | "refused", sentence}]}. When all are through, the form itself is
// sent without files: the server does what comes after (the batch) and leads on. A form sent without this script
// carries all files at once and means the same.
const AT_ONCE = 3;
const TRIES = 3;

function sendFile(form, fields, { field, file }, onProgress) {
  const body = new FormData();
  for (const [name, value] of fields) body.append(name, value);
  body.append(field, file);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => onProgress(event.loaded / event.total));
    request.addEventListener("error", () => reject(new Error("offline")));
    request.addEventListener("load", () => {
      if (request.status >= 500 || request.status === 429) return reject(new Error("no answer"));
      try {
        const answer = JSON.parse(request.responseText);
        resolve(answer.files ?? [{ name: file.name, outcome: "refused", sentence: answer.sentence }]);
      } catch {
        reject(new Error("not an answer")); // signed out, or something in between answered
      }
    });
    request.send(body);
  });
}

async function sendPatiently(...what) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await sendFile(...what);
    } catch {
      const { name } = what[2].file;
      if (attempt === TRIES) {
        return [{ name, outcome: "refused", sentence: "The server did not answer. Choose this file again." }];
      }
      await new Promise((resolve) => setTimeout(resolve, 1000 * attempt));
    }
  }
}

async function upload(event) {
  const form = event.target;
  const inputs = [...form.querySelectorAll('input[type="file"]')];
  const waiting = inputs.flatMap((input) => [...input.files].map((file) => ({ field: input.name, file })));
  if (!waiting.length) return; // nothing chosen, or the last step
  event.preventDefault();
  const pressed = event.submitter;
  const fields = [...new FormData(form, pressed)].filter(([, value]) => typeof value === "string");
  const place = form.querySelector("[data-sending]");
  const [bar, words, list] = ["progress", "[data-words]", "[data-refused]"].map((s) => place.querySelector(s));
  const shares = new Map(waiting.map((one) => [one, 0]));
  const total = waiting.length;
  let through = 0;
  let refused = 0;

  const show = () => {
    bar.max = total;
    bar.value = [...shares.values()].reduce((sum, share) => sum + share, 0);
    words.textContent = `${through.toLocaleString("en")} of ${total.toLocaleString("en")} files sent`;
  };
  const stay = (leaving) => leaving.preventDefault();
  const worker = async () => {
    for (let one = waiting.shift(); one; one = waiting.shift()) {
      const answers = await sendPatiently(form, fields, one, (share) => { shares.set(one, share); show(); });
      for (const answer of answers.filter(({ outcome }) => outcome === "refused")) {
        refused += 1;
        const line = document.createElement("li");
        line.textContent = `${answer.name}: ${answer.sentence}`;
        list.append(line);
      }
      shares.set(one, 1);
      through += 1;
      show();
    }
  };

  addEventListener("beforeunload", stay);
  place.hidden = false;
  if (pressed) pressed.disabled = true;
  show();
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  removeEventListener("beforeunload", stay);
  const isNone = refused >= total;
  for (const input of inputs) {
    input.value = "";
    input.required = isNone;
  }
  if (pressed) pressed.disabled = false;
  list.hidden = !refused;
  if (!refused) form.requestSubmit(pressed);
  else if (pressed && !isNone) pressed.textContent = "Go on with the others";
}

// --- dialogs and menus --------------------------------------------------------------------
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.dialog);
    if (dialog && !dialog.open) {
      event.preventDefault();
      dialog.showModal();
    }
    return;
  }
  const closer = event.target.closest("[data-close]");
  const dialog = closer?.closest("dialog");
  if (dialog?.open) {
    event.preventDefault();
    dialog.close();
  } else if (event.target.matches("dialog[open]")) {
    event.target.close(); // a press on the scrim
  }
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// --- choosing rows ------------------------------------------------------------------------
// <input type="checkbox" data-select-all="items" hidden> chooses every box named "items" of its form (or page);
// [data-chosen] elements show how many.
function boxesOf(all) {
  const scope = all.form ?? document;
  return [...scope.querySelectorAll(`input[type="checkbox"][name="${CSS.escape(all.dataset.selectAll)}"]:not(:disabled)`)];
}

function countChosen(all) {
  const boxes = boxesOf(all);
  const chosen = boxes.filter((box) => box.checked).length;
  all.checked = chosen > 0 && chosen === boxes.length;
  all.indeterminate = chosen > 0 && chosen < boxes.length;
  for (const place of (all.form ?? document).querySelectorAll("[data-chosen]")) {
    place.textContent = chosen.toLocaleString("en");
  }
}

function prepare(root) {
  for (const all of root.querySelectorAll("[data-select-all]")) {
    all.hidden = false;
    countChosen(all);
  }
}

let lastBox = null;
document.addEventListener("click", (event) => {
  const box = event.target;
  if (!(box instanceof HTMLInputElement) || box.type !== "checkbox" || box.dataset.selectAll) return;
  const all = [...document.querySelectorAll("[data-select-all]")].find((one) => boxesOf(one).includes(box));
  if (!all) return;
  const boxes = boxesOf(all);
  if (event.shiftKey && boxes.includes(lastBox)) {
    const [from, to] = [boxes.indexOf(lastBox), boxes.indexOf(box)].sort((a, b) => a - b);
    for (const one of boxes.slice(from, to + 1)) one.checked = box.checked;
  }
  lastBox = box;
});
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-select-all]")) {
    for (const box of boxesOf(event.target)) box.checked = event.target.checked;
  }
  document.querySelectorAll("[data-select-all]").forEach(countChosen);
});
document.addEventListener("htmx:afterSettle", () => prepare(document));
prepare(document);

// --- htmx: a refusal says where it belongs; a server that does not answer is said too --------------
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (xhr.status >= 400 && xhr.getResponseHeader("HX-Retarget")) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});
function sayLost() {
  const notice = document.getElementById("notice");
  const words = document.getElementById("lost");
  if (notice && words) notice.replaceChildren(words.content.cloneNode(true));
}
document.addEventListener("htmx:sendError", sayLost);
document.addEventListener("htmx:timeout", sayLost);
document.addEventListener("htmx:responseError", sayLost);
