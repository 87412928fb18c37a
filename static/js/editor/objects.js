// The list of objects: choose, hide, lock, change the class, delete.

import { html, icon, swatch } from "./markup.js";

const ROWS_MAX = 500;

export class ObjectList {
  constructor({ list, count, nothing }, drawing) {
    Object.assign(this, { list, count, nothing, drawing });
    list.addEventListener("click", (event) => this.click(event.target.closest("button")));
    list.addEventListener("change", (event) => drawing.chooseClass(event.target.value));
  }

  click(button) {
    if (!button) return;
    const { id } = button.closest("li").dataset;
    const { drawing } = this;
    if (button.value === "hide") drawing.toggle(drawing.hidden, id);
    else if (button.value === "lock") drawing.toggle(drawing.locked, id);
    else if (button.value === "delete") drawing.remove(id);
    else drawing.select(drawing.selectedId === id ? null : id);
  }

  render() {
    const { drawing } = this;
    const focused = this.list.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const shown = drawing.objects.slice(0, ROWS_MAX);
    const rows = shown.flatMap((object, index) => this.rows(object, `${object.class} ${index + 1}`));
    if (drawing.objects.length > ROWS_MAX) {
      const more = (drawing.objects.length - ROWS_MAX).toLocaleString("en");
      rows.push(html("li", { class: "hint pad" }, `${more} more are on the image but not in this list.`));
    }
    this.list.replaceChildren(...rows);
    this.count.textContent = drawing.objects.length.toLocaleString("en");
    this.nothing.hidden = drawing.objects.length > 0;
    if (focused) this.list.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  }

  rows(object, name) {
    const { drawing } = this;
    const { id } = object;
    const isSelected = id === drawing.selectedId;
    const isHidden = drawing.hidden.has(id);
    const row = html(
      "li",
      { "data-id": id, class: isHidden && "off" },
      html(
        "button",
        { type: "button", "data-key": id, "aria-current": isSelected && "true" },
        swatch(drawing.classOf(object).color),
        html("span", { class: "cut" }, name),
      ),
      html(
        "span",
        { class: "tools" },
        this.tool(id, "hide", isHidden ? `Show ${name}` : `Hide ${name}`, isHidden ? "eye-off" : "eye", isHidden),
        drawing.editable
          ? this.tool(id, "lock", `${drawing.locked.has(id) ? "Unlock" : "Lock"} ${name}`, "lock", drawing.locked.has(id))
          : null,
      ),
    );
    return isSelected && drawing.editable ? [row, this.details(object, name)] : [row];
  }

  tool(id, value, label, picture, isOn) {
    const attributes = {
      type: "button", class: "btn quiet square", value, "aria-label": label, title: label,
      "aria-pressed": String(isOn), "data-key": `${value} ${id}`,
    };
    return html("button", attributes, icon(picture));
  }

  details(object, name) {
    const isLocked = this.drawing.locked.has(object.id);
    const names = this.drawing.classes.map((one) => one.name);
    if (!names.includes(object.class)) names.push(object.class);
    const options = names.map((one) => html("option", { value: one, selected: one === object.class }, one));
    return html(
      "li",
      { class: "attrs", "data-id": object.id },
      html("label", { for: "object-class" }, "Class"),
      html("select", { id: "object-class", "data-key": `class ${object.id}`, disabled: isLocked }, ...options),
      html("span", {}, isLocked ? "Locked" : ""),
      html(
        "button",
        { type: "button", class: "btn quiet danger delete", value: "delete", disabled: isLocked, "data-key": `delete ${object.id}` },
        icon("trash"),
        `Delete ${name}`,
        html("kbd", {}, "Del"),
      ),
    );
  }
}
