// The objects of one image, and everything that may happen to them. The only place that changes them: canvas, lists
// and saving listen. Objects are never changed in place, so undo is a list of earlier lists.

const UNDO_MAX = 200;

export class Drawing {
  constructor({ objects, classes, editable }) {
    this.objects = objects;
    this.classes = classes;
    this.editable = editable;
    this.selectedId = null;
    this.className = classes.length ? classes[0].name : null;
    this.hidden = new Set();
    this.locked = new Set();
    this.theirs = null; // another version of the same image, shown dashed
    this.revision = 0; // grows with every change that has to be saved
    this.past = [];
    this.future = [];
    this.listeners = { objects: [], selection: [], look: [] };
  }

  // "objects": what is drawn changed; "selection": the selected object or class; "look": what is shown of it.
  on(what, listener) {
    this.listeners[what].push(listener);
  }

  tell(what) {
    for (const listener of this.listeners[what]) listener();
  }

  get selected() {
    return this.find(this.selectedId);
  }

  find(id) {
    return this.objects.find((one) => one.id === id) ?? null;
  }

  classOf(object) {
    return this.classes.find((one) => one.name === object.class) ?? { name: object.class, color: "#9a9a9a", key: "" };
  }

  // "Car 4": the class and the place in the list, as the server's sentences count.
  nameOf(object) {
    return `${object.class} ${this.objects.indexOf(object) + 1}`;
  }

  add(points) {
    if (!this.editable || this.className === null) return;
    const object = {
      id: newId(), class: this.className, type: "rectangle", points, rotation: 0, attributes: {}, track: null,
    };
    this.write([...this.objects, object]);
    this.select(object.id);
  }

  change(id, patch) {
    if (!this.editable || !this.find(id)) return;
    this.write(this.objects.map((one) => (one.id === id ? { ...one, ...patch } : one)));
  }

  remove(id) {
    if (!this.editable || this.locked.has(id)) return;
    const at = this.objects.findIndex((one) => one.id === id);
    if (at < 0) return;
    this.write(this.objects.filter((one) => one.id !== id));
    if (this.selectedId === id) this.select(null);
  }

  // Another version becomes this one. `keepHistory` lets undo bring the old one back.
  replace(objects, { saved = false } = {}) {
    this.past.push(this.objects);
    this.objects = objects;
    if (!saved) this.revision += 1;
    this.tell("objects");
    if (this.selectedId && !this.selected) this.select(null);
  }

  write(objects) {
    this.past.push(this.objects);
    if (this.past.length > UNDO_MAX) this.past.shift();
    this.future = [];
    this.objects = objects;
    this.revision += 1;
    this.tell("objects");
  }

  undo() {
    this.step(this.past, this.future);
  }

  redo() {
    this.step(this.future, this.past);
  }

  step(from, to) {
    if (!this.editable || !from.length) return;
    to.push(this.objects);
    this.objects = from.pop();
    this.revision += 1;
    this.tell("objects");
    if (this.selectedId && !this.selected) this.select(null);
  }

  select(id) {
    if (this.selectedId === id) return;
    this.selectedId = id;
    this.tell("selection");
  }

  // The next object in the list, or the one before.
  selectNext(step) {
    const shown = this.objects.filter((one) => !this.hidden.has(one.id));
    if (!shown.length) return;
    const at = shown.findIndex((one) => one.id === this.selectedId);
    const next = at < 0 ? (step > 0 ? 0 : shown.length - 1) : (at + step + shown.length) % shown.length;
    this.select(shown[next].id);
  }

  // The class of what is drawn next; a selected object changes to it.
  chooseClass(name) {
    this.className = name;
    const object = this.selected;
    if (object && object.class !== name && !this.locked.has(object.id)) this.change(object.id, { class: name });
    this.tell("selection");
  }

  toggle(set, id) {
    if (set.has(id)) set.delete(id);
    else set.add(id);
    if (set === this.hidden && set.has(id) && this.selectedId === id) this.select(null);
    this.tell("look");
  }

  // All in, or all out when all are in already.
  toggleAll(set) {
    const isFull = this.objects.length > 0 && this.objects.every((one) => set.has(one.id));
    set.clear();
    if (!isFull) for (const one of this.objects) set.add(one.id);
    if (set === this.hidden && !isFull) this.select(null);
    this.tell("look");
  }

  showTheirs(objects) {
    this.theirs = objects;
    this.tell("look");
  }
}

// crypto.randomUUID exists only on https and localhost; Mete also runs on a plain address inside a house.
function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
