// Every key of the editor, in one table: what is pressed, what it does, and the words of the sheet behind "?".
// All are off while typing, except the ones that finish what is being typed.

import { html } from "./markup.js";

// `ctrl` is Ctrl, or Cmd on a Mac. `shown` replaces the key in the sheet.
export const TABLE = [
  { group: "Draw", key: "r", command: "tool-rectangle", words: "Draw rectangles" },
  { group: "Draw", key: "v", command: "tool-select", words: "Select; drag nothing to move the image" },
  { group: "Draw", key: "h", command: "tool-hand", words: "Move the image" },
  { group: "Draw", shown: ["1", "–", "9"], words: "Choose a class; changes the selected object" },
  { group: "Draw", key: "Delete", shown: ["Del"], command: "delete", words: "Delete the selected object" },
  { key: "Backspace", command: "delete" },
  { group: "Draw", shown: ["←", "↑", "→", "↓"], words: "Move the selected object by 1 px, with Shift by 10" },
  { group: "Draw", key: "n", command: "next-object", words: "Select the next object; Shift N: the one before" },
  { key: "N", command: "previous-object" },
  { group: "Draw", key: "Escape", shown: ["Esc"], command: "escape", words: "Stop drawing, close, deselect", typing: true },
  { group: "Draw", key: "z", command: "undo", words: "Undo (also Ctrl Z)" },
  { key: "z", ctrl: true, command: "undo" },
  { group: "Draw", key: "y", command: "redo", words: "Redo (also Ctrl Y)" },
  { key: "y", ctrl: true, command: "redo" },
  { key: "Z", ctrl: true, command: "redo" },
  { group: "See", key: "+", command: "zoom-in", words: "Zoom in" },
  { key: "=", command: "zoom-in" },
  { group: "See", key: "-", command: "zoom-out", words: "Zoom out" },
  { group: "See", key: "0", command: "fit", words: "Fit the image" },
  { group: "See", shown: ["Space"], words: "Hold and drag to move the image" },
  { group: "See", key: "x", command: "hide-all", words: "Hide or show all shapes" },
  { group: "See", key: "i", command: "instructions", words: "Instructions" },
  { group: "See", key: "?", command: "keys", words: "These keys" },
  { group: "Decide", key: "Enter", ctrl: true, shown: ["Ctrl", "Enter"], command: "finish", words: "Submit, or accept", typing: true },
  { group: "Decide", key: " ", ctrl: true, shown: ["Ctrl", "Space"], command: "skip", words: "Skip, with a reason" },
  { group: "Decide", key: "Backspace", ctrl: true, shown: ["Ctrl", "Bksp"], command: "return", words: "Return, with a reason" },
  { group: "Go", key: "PageDown", shown: ["Page ↓"], command: "next-image", words: "Next image" },
  { group: "Go", key: "PageUp", shown: ["Page ↑"], command: "previous-image", words: "Image before" },
  { group: "Go", key: "s", ctrl: true, shown: ["Ctrl", "S"], command: "save", words: "Save now" },
];

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// `run(command)` answers true when it did something; `choose(digit)` and `arrow(dx, dy)` alike.
export function listenToKeys({ run, choose, arrow, holdSpace }) {
  addEventListener("keydown", (event) => down(event, { run, choose, arrow, holdSpace }), { capture: true });
  addEventListener("keyup", (event) => event.key === " " && holdSpace(false), { capture: true });
  addEventListener("blur", () => holdSpace(false));
}

function down(event, { run, choose, arrow, holdSpace }) {
  const ctrl = event.ctrlKey || event.metaKey;
  const isTyping = Boolean(event.target.closest?.("input, textarea, select, [contenteditable]"));
  // Annotorious undoes on its own with Ctrl+Z: it must never hear it.
  if (ctrl && ["z", "y"].includes(event.key.toLowerCase())) event.stopPropagation();
  if (event.isComposing || event.altKey || document.querySelector("dialog:modal")) return;
  const key = keyOf(event);
  const entry = TABLE.find((one) => one.key === key && Boolean(one.ctrl) === ctrl && one.command);
  if (isTyping && !entry?.typing) return;
  if (entry) {
    // A key held down must not submit the next image too.
    if (event.repeat && entry.group === "Decide") return void event.preventDefault();
    if (run(entry.command)) event.preventDefault();
    return;
  }
  if (ctrl) return;
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
  if (digit) {
    if (choose(digit)) event.preventDefault();
  } else if (event.key in ARROWS) {
    const [dx, dy] = ARROWS[event.key];
    const step = event.shiftKey ? 10 : 1;
    if (arrow(dx * step, dy * step)) event.preventDefault();
  } else if (event.key === " " && !event.target.closest?.("button, a, summary")) {
    event.preventDefault();
    holdSpace(true);
  }
}

// Letters by Shift alone, whatever Caps Lock says.
function keyOf({ key, shiftKey }) {
  if (key.length !== 1) return key;
  return shiftKey ? key.toUpperCase() : key.toLowerCase();
}

// The sheet: one list per group.
export function keySheet() {
  const groups = [...new Set(TABLE.map((one) => one.group).filter(Boolean))];
  return groups.map((group) => {
    const rows = TABLE.filter((one) => one.group === group).flatMap((one) => [
      html("dt", {}, ...(one.shown ?? [one.key.toUpperCase()]).map((part) => html("kbd", {}, part))),
      html("dd", {}, one.words),
    ]);
    return html("section", {}, html("h3", {}, group), html("dl", {}, ...rows));
  });
}
