// Where the image lies on the stage. The frame gets its real size in pixels (not a CSS scale), so that annotorious
// can keep its handles at one size; whole pixels, because it measures in whole pixels.

const MARGIN = 8;
const STEP = 1.25;
const MAX = 32;

export class View {
  constructor({ stage, frame, onChange }) {
    Object.assign(this, { stage, frame, onChange });
    this.size = { width: 1, height: 1 };
    this.scale = 1;
    this.x = 0;
    this.y = 0;
    this.isFit = true;
    this.isPanning = false;
    new ResizeObserver(() => this.resized()).observe(stage);
    stage.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
  }

  setSize(size) {
    this.size = size;
    if (this.isFit) this.fit();
    else this.centre();
  }

  get fitScale() {
    const { clientWidth: width, clientHeight: height } = this.stage;
    const room = (side) => Math.max(side - 2 * MARGIN, 40);
    return Math.min(room(width) / this.size.width, room(height) / this.size.height);
  }

  get minScale() {
    return Math.min(this.fitScale, 0.1);
  }

  fit() {
    this.isFit = true;
    this.scale = Math.min(this.fitScale, MAX);
    this.centre();
  }

  actualSize() {
    this.isFit = false;
    this.scale = 1;
    this.centre();
  }

  centre() {
    this.x = Math.round((this.stage.clientWidth - this.size.width * this.scale) / 2);
    this.y = Math.round((this.stage.clientHeight - this.size.height * this.scale) / 2);
    this.apply();
  }

  // The pixel under (clientX, clientY) stays where it is; without a point, the middle of the stage does.
  zoomBy(factor, clientX, clientY) {
    const box = this.stage.getBoundingClientRect();
    const px = clientX === undefined ? box.width / 2 : clientX - box.left;
    const py = clientY === undefined ? box.height / 2 : clientY - box.top;
    const scale = Math.min(Math.max(this.scale * factor, this.minScale), MAX);
    this.x = px - ((px - this.x) * scale) / this.scale;
    this.y = py - ((py - this.y) * scale) / this.scale;
    this.scale = scale;
    this.isFit = false;
    this.apply();
  }

  zoomIn() {
    this.zoomBy(STEP);
  }

  zoomOut() {
    this.zoomBy(1 / STEP);
  }

  wheel(event) {
    if (event.target.closest("dialog, .ed-note")) return;
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 30 : 1;
    this.zoomBy(Math.exp(-Math.max(-150, Math.min(150, event.deltaY * lines)) / 400), event.clientX, event.clientY);
  }

  pan(dx, dy) {
    this.x += dx;
    this.y += dy;
    this.isFit = false;
    this.apply();
  }

  resized() {
    if (this.isFit) this.fit();
    else this.apply();
  }

  apply() {
    const { clientWidth, clientHeight } = this.stage;
    const width = Math.max(1, Math.round(this.size.width * this.scale));
    const height = Math.max(1, Math.round(this.size.height * this.scale));
    this.x = keepInSight(this.x, width, clientWidth);
    this.y = keepInSight(this.y, height, clientHeight);
    this.frame.style.width = `${width}px`;
    this.frame.style.height = `${height}px`;
    this.frame.style.transform = `translate(${Math.round(this.x)}px, ${Math.round(this.y)}px)`;
    this.frame.classList.toggle("pixels", this.scale >= 4);
    this.stage.classList.toggle("fits", this.isFit);
    this.onChange();
  }

  toImage(clientX, clientY) {
    const box = this.frame.getBoundingClientRect();
    return [
      ((clientX - box.left) / box.width) * this.size.width,
      ((clientY - box.top) / box.height) * this.size.height,
    ];
  }

  // Bring an object into sight when it is outside of the stage.
  reveal([[x1, y1], [x2, y2]]) {
    const { clientWidth, clientHeight } = this.stage;
    const [left, right] = [this.x + x1 * this.scale, this.x + x2 * this.scale];
    const [top, bottom] = [this.y + y1 * this.scale, this.y + y2 * this.scale];
    if (right > 0 && left < clientWidth && bottom > 0 && top < clientHeight) return;
    this.pan(clientWidth / 2 - (left + right) / 2, clientHeight / 2 - (top + bottom) / 2);
  }
}

// At least 40 pixels of the image stay on the stage.
function keepInSight(at, length, room) {
  const sight = Math.min(40, length, room);
  return Math.min(Math.max(at, sight - length), room - sight);
}
