// Moving the image: hand tool, space or the middle button with a drag, two fingers; and, while selecting, a drag
// that begins on nothing. Listens before everything else on the stage, so that a pan never draws or moves an object.

export class Pan {
  // `wants(event)`: "only" where a primary drag pans and nothing else, "drag" where a click still selects, else false.
  constructor({ stage, view, wants, onPinch }) {
    Object.assign(this, { stage, view, wants, onPinch });
    this.isSpace = false;
    this.last = null;
    this.fingers = new Map();
    const first = { capture: true };
    stage.addEventListener("pointerdown", (event) => this.down(event), first);
    stage.addEventListener("pointermove", (event) => this.move(event), first);
    stage.addEventListener("pointerup", (event) => this.up(event), first);
    stage.addEventListener("pointercancel", (event) => this.up(event), first);
    stage.addEventListener("auxclick", (event) => event.preventDefault());
  }

  holdSpace(isHeld) {
    this.isSpace = isHeld;
    this.stage.classList.toggle("panning", isHeld || this.last !== null);
  }

  down(event) {
    if (event.target.closest(".zoom, dialog, .ed-note")) return;
    if (event.pointerType === "touch") {
      this.fingers.set(event.pointerId, [event.clientX, event.clientY]);
      if (this.fingers.size === 2) {
        this.onPinch();
        this.last = null;
      }
      if (this.fingers.size > 1) return void event.stopPropagation();
    }
    const how = event.button === 1 || (event.button === 0 && this.isSpace) ? "only" : this.wants(event);
    if (!how) return;
    if (how === "only") event.stopPropagation();
    if (event.button === 1) event.preventDefault(); // no scroll compass
    this.last = { id: event.pointerId, x: event.clientX, y: event.clientY, isFar: false };
  }

  move(event) {
    if (this.fingers.size > 1 && this.fingers.has(event.pointerId)) return this.pinch(event);
    if (this.last?.id !== event.pointerId) return;
    const [dx, dy] = [event.clientX - this.last.x, event.clientY - this.last.y];
    if (event.buttons === 0) return this.up(event);
    if (!this.last.isFar && Math.hypot(dx, dy) < 3) return;
    if (!this.last.isFar) this.stage.setPointerCapture(event.pointerId);
    this.stage.classList.add("panning");
    this.last = { id: event.pointerId, x: event.clientX, y: event.clientY, isFar: true };
    event.stopPropagation();
    this.view.pan(dx, dy);
  }

  pinch(event) {
    event.stopPropagation();
    const before = this.spread();
    this.fingers.set(event.pointerId, [event.clientX, event.clientY]);
    const after = this.spread();
    this.view.pan(after.x - before.x, after.y - before.y);
    if (before.length > 0) this.view.zoomBy(after.length / before.length, after.x, after.y);
  }

  spread() {
    const [[ax, ay], [bx, by]] = [...this.fingers.values()];
    return { x: (ax + bx) / 2, y: (ay + by) / 2, length: Math.hypot(ax - bx, ay - by) };
  }

  up(event) {
    this.fingers.delete(event.pointerId);
    if (this.last?.id !== event.pointerId) return;
    if (this.last.isFar) event.stopPropagation();
    this.last = null;
    this.stage.classList.toggle("panning", this.isSpace);
  }
}
