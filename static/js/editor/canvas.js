// Picking, moving and resizing objects. The only file that knows annotorious: it keeps a copy of the visible objects
// in annotorious' store and writes back what the pointer did. Annotorious' own shapes are invisible (see paint.js,
// which draws ours), and new boxes come from rectangle.js: annotorious drops boxes below 16 square pixels, loses a
// drag that ends outside the image, and cannot draw while something is selected.

import { createImageAnnotator } from "../../vendor/annotorious/annotorious.es.js";
import { boundsOf, boxOf, cutKept, pushInside, samePoints } from "./geometry.js";

const THEIRS = "REMOTE"; // annotorious' word for a change that did not come from its own pointer
const OURS = "LOCAL";

export class Canvas {
  // `image` has finished loading; `onLive` is called while the pointer moves or resizes the selected object.
  constructor({ image, drawing, size, onLive }) {
    this.drawing = drawing;
    this.size = size;
    this.onLive = onLive;
    this.live = null;
    this.syncing = false;
    this.annotator = createImageAnnotator(image, {
      drawingEnabled: false,
      userSelectAction: (annotation) => this.selectAction(annotation.id),
    });
    fill(this.annotator.element);
    this.layer = this.annotator.element.querySelector("svg");
    this.layer.setAttribute("preserveAspectRatio", "none");
    this.layer.setAttribute("tabindex", "-1");
    this.annotator.state.store.observe((event) => this.pointerChanged(event), { origin: OURS });
    this.annotator.state.selection.subscribe(({ selected }) => this.pointerSelected(selected));
    this.finish = () => this.commit();
    window.addEventListener("pointerup", this.finish);
    window.addEventListener("pointercancel", this.finish);
    this.sync();
    this.syncSelection();
  }

  selectAction(id) {
    if (this.drawing.locked.has(id)) return "NONE";
    return this.drawing.editable ? "EDIT" : "SELECT";
  }

  // Ours → annotorious.
  sync() {
    if (this.live) return;
    const shown = this.drawing.objects.filter((one) => !this.drawing.hidden.has(one.id));
    this.annotator.state.store.syncAnnotations(shown.map(toAnnotation), THEIRS);
  }

  syncSelection() {
    const { selectedId: id } = this.drawing;
    const { selection } = this.annotator.state;
    const isEditable = this.selectAction(id) === "EDIT";
    const now = selection.selected.find((one) => one.id === id);
    this.syncing = true;
    if (!id || this.drawing.hidden.has(id)) selection.clear();
    else if (!now || Boolean(now.editable) !== isEditable) selection.setSelected(id, isEditable);
    this.syncing = false;
  }

  // Annotorious → ours.
  pointerSelected(selected) {
    if (!this.syncing) this.drawing.select(selected[0]?.id ?? null);
  }

  pointerChanged({ changes }) {
    for (const { newValue } of changes.updated ?? []) {
      const { x, y, w, h, rot } = newValue.target.selector.geometry;
      const points = [[x, y], [x + w, y + h]];
      const object = this.drawing.find(newValue.id);
      if (!object) continue;
      this.live = { id: object.id, points: this.inside(object, points), rotation: toDegrees(rot) };
      this.onLive(this.live);
    }
  }

  // A moved box keeps its size, a resized one is cut at the edge of the image.
  inside(object, points) {
    const [before, after] = [boxOf(object.points), boxOf(points)];
    const isMove = Math.abs(before.w - after.w) < 0.01 && Math.abs(before.h - after.h) < 0.01;
    return isMove ? pushInside(points, this.size) : cutKept(points, this.size);
  }

  // The pointer let go: one change, one step of undo.
  commit() {
    if (!this.live) return;
    const { id, points, rotation } = this.live;
    this.live = null;
    this.onLive(null);
    const object = this.drawing.find(id);
    if (!object) return;
    if (samePoints(object.points, points) && object.rotation === rotation) this.sync();
    else this.drawing.change(id, { points, rotation });
  }

  destroy() {
    window.removeEventListener("pointerup", this.finish);
    window.removeEventListener("pointercancel", this.finish);
    this.annotator.destroy();
  }
}

function toAnnotation({ id, points, rotation }) {
  const box = boxOf(points);
  const geometry = { ...box, rot: ((rotation ?? 0) * Math.PI) / 180, bounds: boundsOf(box, rotation ?? 0) };
  return { id, bodies: [], target: { annotation: id, selector: { type: "RECTANGLE", geometry } } };
}

const toDegrees = (radians) => Math.round((((radians ?? 0) * 180) / Math.PI) * 100) / 100;

// Annotorious wraps the image in an element of its own; here it covers the frame.
function fill(element) {
  element.style.position = "absolute";
  element.style.display = "block";
  element.style.inset = "0";
}
