// The list of classes: colour, how many, the key that chooses it.

import { html, swatch } from "./markup.js";

export class ClassList {
  constructor(list, drawing) {
    Object.assign(this, { list, drawing });
    list.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) drawing.chooseClass(button.value);
    });
  }

  render() {
    const { drawing } = this;
    const counts = new Map();
    for (const one of drawing.objects) counts.set(one.class, (counts.get(one.class) ?? 0) + 1);
    const rows = drawing.classes.map(({ name, color, key }) => {
      const isChosen = drawing.editable && name === drawing.className;
      const button = html(
        "button",
        { type: "button", value: name, "aria-pressed": drawing.editable && String(isChosen), disabled: !drawing.editable },
        swatch(color),
        html("span", { class: "cut" }, name),
        html("span", { class: "count" }, String(counts.get(name) ?? "")),
        drawing.editable && key ? html("kbd", {}, key) : html("span"),
      );
      return html("li", {}, button);
    });
    this.list.replaceChildren(...rows);
  }
}
