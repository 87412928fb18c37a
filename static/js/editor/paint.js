// Draws the objects over the image: a dark halo under a line in the class colour, labels and handles at one size at
// any zoom. Colours and places are SVG attributes, so the strict style policy holds.

import { boxOf } from "./geometry.js";

const SVG = "http://www.w3.org/2000/svg";
const TAG_HEIGHT = 17;
const TAG_PAD = 5;
const FONT = 12;
const HANDLE = 7;
const TAGS_MAX = 300; // above, only the selected object has a label

const measure = document.createElement("canvas").getContext("2d");
const widths = new Map();

export class Paint {
  constructor(svg) {
    this.svg = svg;
    this.shapes = svg.appendChild(element("g"));
    this.theirs = svg.appendChild(element("g", { class: "theirs" }));
    this.draft = svg.appendChild(element("g", { class: "draft selected" }));
    this.cross = svg.appendChild(element("path", { class: "cross" }));
    this.groups = new Map();
  }

  setSize({ width, height }) {
    this.size = { width, height };
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.clear();
  }

  clear() {
    for (const layer of [this.shapes, this.theirs, this.draft]) layer.replaceChildren();
    this.groups.clear();
    this.paintCross(null);
  }

  // Everything of a drawing; `live` replaces the place of the object under the pointer.
  paint(drawing, scale, live = null) {
    const seen = new Set();
    const withTags = drawing.objects.length <= TAGS_MAX;
    drawing.objects.forEach((object, index) => {
      if (drawing.hidden.has(object.id)) return;
      seen.add(object.id);
      const isSelected = object.id === drawing.selectedId;
      const shown = live?.id === object.id ? { ...object, ...live } : object;
      const look = {
        box: boxOf(shown.points),
        rotation: shown.rotation ?? 0,
        color: drawing.classOf(object).color,
        name: `${object.class} ${index + 1}`,
        isSelected,
        hasTag: isSelected || withTags,
        hasHandles: isSelected && drawing.editable && !drawing.locked.has(object.id),
        scale,
      };
      this.paintOne(object.id, look);
    });
    for (const [id, { group }] of this.groups) {
      if (seen.has(id)) continue;
      group.remove();
      this.groups.delete(id);
    }
    const selected = this.groups.get(drawing.selectedId);
    if (selected && selected.group !== this.shapes.lastChild) this.shapes.append(selected.group);
    this.paintTheirs(drawing);
  }

  paintOne(id, look) {
    const key = JSON.stringify(look);
    const known = this.groups.get(id);
    if (known?.key === key) return;
    const group = known?.group ?? this.shapes.appendChild(element("g", { "data-id": id }));
    group.setAttribute("color", look.color);
    group.setAttribute("class", look.isSelected ? "selected" : "");
    turn(group, look.box, look.rotation);
    group.replaceChildren(...rectangles(look.box), ...tag(look), ...(look.hasHandles ? handles(look) : []));
    this.groups.set(id, { group, key });
  }

  paintTheirs(drawing) {
    const groups = (drawing.theirs ?? []).map((object) => {
      const group = element("g", { color: drawing.classOf(object).color });
      turn(group, boxOf(object.points), object.rotation ?? 0);
      group.append(...rectangles(boxOf(object.points)));
      return group;
    });
    this.theirs.replaceChildren(...groups);
  }

  // The box being drawn, or nothing.
  paintDraft(points, color) {
    this.draft.setAttribute("color", color ?? "");
    this.draft.replaceChildren(...(points ? rectangles(boxOf(points)) : []));
  }

  // Two lines through the pointer while drawing, or nothing.
  paintCross(at) {
    const { width, height } = this.size ?? { width: 0, height: 0 };
    const isInside = at && at[0] >= 0 && at[1] >= 0 && at[0] <= width && at[1] <= height;
    this.cross.setAttribute("d", isInside ? `M${at[0]} 0V${height}M0 ${at[1]}H${width}` : "");
  }
}

function rectangles({ x, y, w, h }) {
  const place = { x, y, width: w, height: h };
  return [element("rect", { class: "halo", ...place }), element("rect", { class: "edge", ...place })];
}

// Above the box, or inside where there is no room above. Only as wide as the box, unless selected.
function tag({ box, name, scale, isSelected, hasTag }) {
  const width = (textWidth(name) + 2 * TAG_PAD) / scale;
  if (!hasTag || (!isSelected && width > box.w)) return [];
  const height = TAG_HEIGHT / scale;
  const top = box.y >= height ? box.y - height : box.y;
  const text = element("text", { x: box.x + TAG_PAD / scale, y: top + 12.5 / scale, "font-size": FONT / scale });
  text.textContent = name;
  return [element("rect", { class: "tag", x: box.x - 1 / scale, y: top, width, height }), text];
}

function handles({ box: { x, y, w, h }, scale }) {
  const side = HANDLE / scale;
  const places = [];
  for (const fx of [0, 0.5, 1]) {
    for (const fy of [0, 0.5, 1]) {
      if (fx === 0.5 && fy === 0.5) continue;
      if ((fx === 0.5 && w * scale < 40) || (fy === 0.5 && h * scale < 40)) continue;
      places.push({ x: x + fx * w - side / 2, y: y + fy * h - side / 2 });
    }
  }
  return places.map((place) => element("rect", { class: "handle", ...place, width: side, height: side }));
}

function turn(group, { x, y, w, h }, rotation) {
  if (rotation) group.setAttribute("transform", `rotate(${rotation} ${x + w / 2} ${y + h / 2})`);
  else group.removeAttribute("transform");
}

function textWidth(text) {
  if (!widths.has(text)) {
    measure.font = `600 ${FONT}px ${getComputedStyle(document.body).fontFamily}`;
    widths.set(text, measure.measureText(text).width);
  }
  return widths.get(text);
}

function element(name, attributes = {}) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
