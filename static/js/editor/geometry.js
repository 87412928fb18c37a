// Rectangles in pixels of the image as shown: points are [[x1, y1], [x2, y2]], rotation is degrees clockwise.

export const MIN_SIDE = 1;

const round = (value) => Math.round(value * 100) / 100;
const clamp = (value, limit) => Math.min(Math.max(value, 0), limit);

export function boxOf([[x1, y1], [x2, y2]]) {
  return { x: x1, y: y1, w: x2 - x1, h: y2 - y1 };
}

// Cut to the image; null when nothing of a pixel is left.
export function cut(points, size) {
  const xs = points.map(([x]) => round(clamp(x, size.width))).sort((a, b) => a - b);
  const ys = points.map(([, y]) => round(clamp(y, size.height))).sort((a, b) => a - b);
  if (xs[1] - xs[0] < MIN_SIDE || ys[1] - ys[0] < MIN_SIDE) return null;
  return [[xs[0], ys[0]], [xs[1], ys[1]]];
}

// Cut to the image, and at least one pixel wide and high: what a resize may end in.
export function cutKept(points, size) {
  const [x1, x2] = atLeastOne(points.map(([x]) => clamp(x, size.width)), size.width);
  const [y1, y2] = atLeastOne(points.map(([, y]) => clamp(y, size.height)), size.height);
  return [[x1, y1], [x2, y2]];
}

function atLeastOne(values, limit) {
  const [from, to] = values.map(round).sort((a, b) => a - b);
  if (to - from >= MIN_SIDE) return [from, to];
  const start = Math.min(from, limit - MIN_SIDE);
  return [start, start + MIN_SIDE];
}

// Moved back into the image with its size kept.
export function pushInside(points, size) {
  const { x, y, w, h } = boxOf(points);
  const left = clamp(x, Math.max(0, size.width - w));
  const top = clamp(y, Math.max(0, size.height - h));
  return cutKept([[left, top], [left + w, top + h]], size);
}

export function moved(points, dx, dy, size) {
  return pushInside(points.map(([x, y]) => [x + dx, y + dy]), size);
}

// The axis-parallel box around a rotated rectangle.
export function boundsOf({ x, y, w, h }, rotation) {
  const turn = (rotation * Math.PI) / 180;
  const halfW = (Math.abs(w * Math.cos(turn)) + Math.abs(h * Math.sin(turn))) / 2;
  const halfH = (Math.abs(w * Math.sin(turn)) + Math.abs(h * Math.cos(turn))) / 2;
  const [cx, cy] = [x + w / 2, y + h / 2];
  return { minX: cx - halfW, minY: cy - halfH, maxX: cx + halfW, maxY: cy + halfH };
}

export const samePoints = (a, b) => a.every(([x, y], i) => x === b[i][0] && y === b[i][1]);
