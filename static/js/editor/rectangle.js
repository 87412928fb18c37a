// Drawing a new box by dragging: from anywhere on the stage, to anywhere outside of it, cut at the image's edge.

import { cut } from "./geometry.js";

const DRAG_FROM = 3; // screen pixels; less is a click, which selects

export class RectangleTool {
  // `onDraft(points | null)` while dragging, `onBox(points)` at the end.
  constructor({ stage, view, isActive, onDraft, onBox }) {
    Object.assign(this, { stage, view, isActive, onDraft, onBox });
    this.start = null;
    this.isDragging = false;
    stage.addEventListener("pointerdown", (event) => this.down(event));
    stage.addEventListener("pointermove", (event) => this.move(event));
    stage.addEventListener("pointerup", (event) => this.up(event));
    stage.addEventListener("pointercancel", () => this.cancel());
  }

  down(event) {
    this.cancel();
    if (event.button !== 0 || !event.isPrimary || !this.isActive() || isHandle(event.target)) return;
    this.start = { x: event.clientX, y: event.clientY, at: this.view.toImage(event.clientX, event.clientY) };
  }

  move(event) {
    if (!this.start || !event.isPrimary) return;
    const far = Math.hypot(event.clientX - this.start.x, event.clientY - this.start.y);
    if (!this.isDragging && far < DRAG_FROM) return;
    if (!this.isDragging) this.stage.setPointerCapture(event.pointerId);
    this.isDragging = true;
    this.onDraft(this.points(event));
  }

  up(event) {
    if (!this.start || !event.isPrimary) return;
    const points = this.isDragging ? this.points(event) : null;
    this.cancel();
    if (points) this.onBox(points);
  }

  cancel() {
    const wasDragging = this.isDragging;
    this.start = null;
    this.isDragging = false;
    if (wasDragging) this.onDraft(null);
    return wasDragging;
  }

  points(event) {
    return cut([this.start.at, this.view.toImage(event.clientX, event.clientY)], this.view.size);
  }
}

// The handles of the selected box belong to the canvas, the zoom buttons to nobody.
export const isHandle = (target) =>
  target.closest("[class*='a9s-handle'], .a9s-touch-handle, .a9s-edge-handle, button, a, dialog, .ed-note") !== null;
