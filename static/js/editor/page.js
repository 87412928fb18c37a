// The editor's page. What stays over all images (stage, tools, keys) is made once; what belongs to one image
// (`this.open`: its drawing, canvas, saving and lists) is made anew whenever another one is opened, without
// loading the page again: the server's HTML of the next image replaces the bar, the side and the strip.

import { Canvas } from "./canvas.js";
import { ClassList } from "./classes.js";
import { Drawing } from "./drawing.js";
import { moved } from "./geometry.js";
import { fetchHtml, send, Refused } from "./http.js";
import { keySheet, listenToKeys } from "./keys.js";
import { html, icon } from "./markup.js";
import { Moves } from "./moves.js";
import { ObjectList } from "./objects.js";
import { Paint } from "./paint.js";
import { Pan } from "./pan.js";
import { isHandle, RectangleTool } from "./rectangle.js";
import { clock, Save } from "./save.js";
import { Strip } from "./strip.js";
import { View } from "./zoom.js";

const SAVED_ICONS = { saved: "check", saving: "upload", offline: "warn", conflict: "warn" };
const NOTE_MS = 8000;

class Page {
  constructor(main) {
    this.main = main;
    this.stage = main.querySelector(".ed-stage");
    this.frame = main.querySelector(".frame");
    this.tool = "select";
    this.wantedTool = null; // the tool the person chose; until then, boxes for annotators, select for reviewers
    this.live = null;
    this.visit = 0;
    this.paint = new Paint(main.querySelector(".shapes"));
    this.view = new View({ stage: this.stage, frame: this.frame, onChange: () => this.viewChanged() });
    this.pan = new Pan({
      stage: this.stage, view: this.view, wants: (event) => this.wantsPan(event), onPinch: () => this.rectangle.cancel(),
    });
    this.rectangle = new RectangleTool({
      stage: this.stage,
      view: this.view,
      isActive: () => this.tool === "rectangle" && this.mayDraw,
      onDraft: (points) => this.paint.paintDraft(points, this.currentColor),
      onBox: (points) => this.open.drawing.add(points),
    });
    this.strip = new Strip({ main, onSay: (...words) => this.say(...words) });
    this.moves = new Moves({
      main, save: () => this.open.save, onNext: (url) => this.goTo(url), onSay: (...words) => this.say(...words),
    });
    this.listen();
  }

  get mayDraw() {
    return Boolean(this.open?.canvas && this.open.drawing.editable);
  }

  get currentColor() {
    const { drawing } = this.open;
    return drawing.classes.find((one) => one.name === drawing.className)?.color;
  }

  // --- one image ---------------------------------------------------------------------------------------------

  openImage(state) {
    const visit = ++this.visit;
    const drawing = new Drawing({ objects: state.objects, classes: state.classes, editable: state.mayEdit });
    const save = new Save({
      state,
      drawing,
      onState: (what) => this.showSaved(what),
      onConflict: (newer) => this.showConflict(newer),
      onLost: (sentence) => this.lost(sentence),
      onFirst: () => this.strip.refresh(state.urls.strip),
    });
    const classes = new ClassList(this.find("[data-classes]"), drawing);
    const objects = new ObjectList(
      { list: this.find("[data-objects]"), count: this.find("[data-count]"), nothing: this.find("[data-nothing]") },
      drawing,
    );
    this.open = { state, drawing, save, classes, objects, canvas: null };
    if (state.savedAt && state.mayEdit) this.showSaved({ kind: "saved", words: `Saved ${clock(new Date(state.savedAt))}` });
    drawing.on("objects", () => this.objectsChanged());
    drawing.on("selection", () => this.selectionChanged());
    drawing.on("look", () => this.lookChanged());
    if (this.className && drawing.classes.some((one) => one.name === this.className)) drawing.className = this.className;
    const wanted = this.wantedTool ?? (state.isReview ? "select" : "rectangle");
    if (!this.setTool(wanted)) this.setTool("select");
    this.bringBack();
    this.renderLists();
    this.showDraft();
    this.start();
    return this.showImage(visit);
  }

  async showImage(visit) {
    const { state } = this.open;
    const image = html("img", { id: "image", alt: state.image.name, draggable: "false" });
    image.src = state.image.url;
    try {
      await image.decode();
    } catch {
      if (visit === this.visit) this.imageFailed();
      return;
    }
    if (visit !== this.visit) return;
    const size = { width: image.naturalWidth, height: image.naturalHeight };
    this.stage.style.setProperty("--ratio", `${size.width} / ${size.height}`);
    this.frame.querySelector("img")?.remove();
    this.frame.prepend(image);
    this.frame.hidden = false;
    this.frame.classList.remove("leaving");
    this.paint.setSize(size);
    this.view.isFit = true;
    this.view.setSize(size);
    this.open.canvas = new Canvas({
      image, drawing: this.open.drawing, size, onLive: (live) => this.liveChanged(live),
    });
    this.find("[data-size]").textContent = `${size.width.toLocaleString("en")} × ${size.height.toLocaleString("en")} px`;
    this.repaint();
    this.prefetch();
  }

  imageFailed() {
    const again = html("button", { type: "button", class: "btn" }, "Try again");
    again.addEventListener("click", () => {
      this.say("");
      this.open.state.image.url = `${this.open.state.image.url.split("?")[0]}?again=${Date.now()}`;
      this.showImage(this.visit);
    });
    this.say("The image could not be loaded. Nothing is lost; the image keeps its status.", "error", again);
  }

  // The next image comes from the browser's cache when its turn comes.
  prefetch() {
    this.ahead = this.open.state.upcoming.slice(0, 2).map(({ image }) => {
      const next = new Image();
      next.src = image;
      return next;
    });
  }

  closeImage() {
    this.open.save.close();
    this.open.canvas?.destroy();
    this.rectangle.cancel();
    this.live = null;
    this.className = this.open.drawing.className;
    this.paint.clear();
    this.frame.classList.add("leaving");
    this.say("");
  }

  // Tells the server that work begins; a returned image stays returned until something changes.
  async start() {
    const { state } = this.open;
    if (!state.mayEdit || state.status !== "ready") return;
    try {
      await send(`${state.urls.moves}start`);
      this.open.save.isFirst = false;
      if (this.open.state === state) await this.strip.refresh(state.urls.strip);
    } catch (error) {
      if (error instanceof Refused && this.open.state === state) this.say(error.message, "error");
    }
  }

  // Changes that an earlier visit could not send.
  bringBack() {
    const { save, drawing, state } = this.open;
    const kept = save.kept();
    if (!kept) return;
    if (JSON.stringify(kept.objects) === JSON.stringify(state.objects)) return void save.forget();
    const { editable } = drawing;
    drawing.editable = true;
    save.version = kept.version;
    drawing.replace(kept.objects);
    drawing.editable = editable;
    save.send();
    if (editable) this.say("Changes that were kept in this browser are back.");
  }

  // --- what changed ------------------------------------------------------------------------------------------

  objectsChanged() {
    this.open.canvas?.sync();
    this.open.canvas?.syncSelection();
    this.renderLists();
    this.repaint();
    this.open.save.changed();
  }

  selectionChanged() {
    const { drawing, canvas } = this.open;
    canvas?.syncSelection();
    this.renderLists();
    this.repaint();
    if (drawing.selected) {
      this.view.reveal(drawing.selected.points);
      const row = this.find(`[data-objects] [data-id="${CSS.escape(drawing.selectedId)}"]`);
      if (matchMedia("(width >= 60rem)").matches) row?.scrollIntoView({ block: "nearest" });
    }
  }

  lookChanged() {
    this.open.canvas?.sync();
    this.selectionChanged();
  }

  liveChanged(live) {
    this.live = live;
    this.repaint();
  }

  viewChanged() {
    this.find(".zoom output").textContent = `${Math.round(this.view.scale * 100)} %`;
    this.find("[data-command=fit]").setAttribute("aria-pressed", String(this.view.isFit));
    if (this.open?.canvas) this.repaint();
  }

  repaint() {
    if (!this.open.canvas) return;
    this.paint.paint(this.open.drawing, this.view.scale, this.live);
  }

  renderLists() {
    const { drawing, classes, objects, state } = this.open;
    classes.render();
    objects.render();
    this.find("[data-command=undo]").disabled = !drawing.editable || !drawing.past.length;
    this.find("[data-command=redo]").disabled = !drawing.editable || !drawing.future.length;
    const isAllHidden = drawing.objects.length > 0 && drawing.objects.every((one) => drawing.hidden.has(one.id));
    const isAllLocked = drawing.objects.length > 0 && drawing.objects.every((one) => drawing.locked.has(one.id));
    this.find(".ed-tools [data-command=hide-all]").setAttribute("aria-pressed", String(isAllHidden));
    this.find(".ed-side [data-command=hide-all]").textContent = isAllHidden ? "Show all" : "Hide all";
    const lock = this.find("[data-command=lock-all]");
    if (lock) lock.textContent = isAllLocked ? "Unlock all" : "Lock all";
    const count = drawing.objects.length;
    this.stage.setAttribute("aria-label", `Image ${state.image.name} with ${count} object${count === 1 ? "" : "s"}`);
    this.renderReview();
  }

  // A reviewer's own changes: Accept says so, and the handed-in version can be laid over it.
  renderReview() {
    const { state, drawing } = this.open;
    if (!state.decides) return;
    const isChanged = !sameDrawn(state.handedOver, drawing.objects);
    const words = this.find("[data-accept-words]");
    if (words) words.textContent = isChanged ? "Fix and accept" : "Accept";
    const versions = this.find("[data-versions]");
    if (versions) versions.hidden = !isChanged;
  }

  // --- words -------------------------------------------------------------------------------------------------

  showSaved({ kind, words }) {
    const place = this.find("[data-saved]");
    place.className = `saved push ${kind === "saved" ? "" : kind}`.trim();
    place.replaceChildren(icon(SAVED_ICONS[kind]), words);
  }

  // A sentence over the stage; goes by itself unless it is an error.
  say(sentence, kind = "", action = null) {
    const note = this.find("[data-note]");
    clearTimeout(this.noteTimer);
    note.hidden = !sentence;
    if (!sentence) return;
    const close = html("button", { type: "button", class: "btn quiet square", "aria-label": "Close" }, icon("x"));
    close.addEventListener("click", () => this.say(""));
    note.className = `ed-note notice ${kind}`.trim();
    note.replaceChildren(html("p", {}, sentence), action, close);
    if (kind !== "error") this.noteTimer = setTimeout(() => this.say(""), NOTE_MS);
  }

  showConflict({ author, saved_at: at, objects, version }) {
    const count = objects.length === 1 ? "1 object" : `${objects.length} objects`;
    this.find("[data-conflict]").hidden = false;
    this.find("[data-conflict-words]").textContent =
      `${author} saved version ${version} of this image at ${clock(new Date(at))}, with ${count}. Yours is not saved.`;
    this.open.drawing.showTheirs(objects);
    this.find("[data-conflict]").scrollIntoView({ block: "nearest" });
  }

  endConflict() {
    this.find("[data-conflict]").hidden = true;
    this.open.drawing.showTheirs(null);
  }

  lost(sentence) {
    const { drawing } = this.open;
    drawing.editable = false;
    this.setTool("select");
    this.lookChanged();
    for (const button of this.main.querySelectorAll(".decide button")) button.disabled = true;
    this.say(sentence, "error");
  }

  showDraft() {
    const { state } = this.open;
    if (!state.draft) return;
    this.find("[data-draft]").hidden = false;
    const count = state.draft.length === 1 ? "1 object is" : `${state.draft.length} objects are`;
    this.find("[data-draft-words]").textContent = `${count} kept as your draft.`;
    this.find("[data-command=use-draft]").hidden = !state.mayEdit;
  }

  async endDraft({ use }) {
    const { state, drawing } = this.open;
    if (use) drawing.write(state.draft);
    this.find("[data-draft]").hidden = true;
    try {
      if (!use || (await this.open.save.flush())) await send(state.urls.draft);
    } catch (error) {
      this.say(error.message, "error");
    }
  }

  // --- going on ----------------------------------------------------------------------------------------------

  // Another image of mine opens here; every other address is the browser's.
  async goTo(url, { isBack = false } = {}) {
    const target = new URL(url, location.href);
    if (!/\/tasks\/\d+\/$/.test(target.pathname)) return void location.assign(target.href);
    const visit = ++this.visit;
    const page = await fetchHtml(target.href);
    if (visit !== this.visit) return;
    const state = page && stateOf(page);
    if (!state) return void location.assign(target.href);
    this.closeImage();
    for (const part of [".ed-bar", ".ed-side", ".ed-strip"]) {
      this.find(part).replaceWith(document.adoptNode(page.querySelector(part)));
    }
    for (const dialog of this.main.querySelectorAll("dialog")) dialog.remove();
    this.main.append(...[...page.querySelectorAll("main dialog")].map((dialog) => document.adoptNode(dialog)));
    document.title = page.title;
    if (!isBack) history.pushState(null, "", target.href);
    this.fillKeySheet();
    this.strip.showCurrent();
    this.stage.focus({ preventScroll: true });
    await this.openImage(state);
  }

  // From the strip or by a key: what is drawn goes first.
  async leaveFor(url) {
    if (!url || this.moves.isMoving) return;
    try {
      if (await this.open.save.flush()) return void (await this.goTo(url));
      this.say("Your last changes are not saved yet. Stay until they are, or reload the page to leave.", "error");
    } catch (error) {
      this.say(`${error.message}. Try again in a moment.`, "error");
    }
  }

  // --- tools, keys, buttons ----------------------------------------------------------------------------------

  setTool(tool, { isWanted = false } = {}) {
    if (tool === "rectangle" && !this.open.drawing.editable) return false;
    if (isWanted) this.wantedTool = tool;
    this.tool = tool;
    this.rectangle.cancel();
    this.paint.paintCross(null);
    for (const button of this.main.querySelectorAll("[data-tool]")) {
      button.setAttribute("aria-pressed", String(button.dataset.tool === tool));
      button.disabled = button.dataset.tool === "rectangle" && !this.open.drawing.editable;
    }
    this.stage.dataset.tool = tool;
    return true;
  }

  wantsPan({ button, target }) {
    if (button !== 0) return false;
    if (this.tool === "hand") return "only";
    const isOnObject = isHandle(target) || target.closest(".a9s-shape-handle");
    return this.tool === "select" && !isOnObject ? "drag" : false;
  }

  run(command) {
    const { drawing, save, state } = this.open;
    const commands = {
      "tool-select": () => this.setTool("select", { isWanted: true }),
      "tool-hand": () => this.setTool("hand", { isWanted: true }),
      "tool-rectangle": () => this.setTool("rectangle", { isWanted: true }),
      undo: () => drawing.undo(),
      redo: () => drawing.redo(),
      delete: () => drawing.selectedId && drawing.remove(drawing.selectedId),
      "next-object": () => drawing.selectNext(1),
      "previous-object": () => drawing.selectNext(-1),
      escape: () => this.escape(),
      "zoom-in": () => this.view.zoomIn(),
      "zoom-out": () => this.view.zoomOut(),
      fit: () => this.view.fit(),
      "actual-size": () => this.view.actualSize(),
      "hide-all": () => drawing.toggleAll(drawing.hidden),
      "lock-all": () => drawing.toggleAll(drawing.locked),
      keys: () => this.toggleSheet("keys"),
      instructions: () => this.toggleSheet("instructions"),
      save: () => save.send(),
      finish: () => this.finish(),
      skip: () => this.togglePanel("skip"),
      return: () => this.togglePanel("return"),
      "next-image": () => this.leaveFor(this.strip.neighbour(1)),
      "previous-image": () => this.leaveFor(this.strip.neighbour(-1)),
      "take-theirs": () => {
        this.endConflict();
        save.takeTheirs();
      },
      "keep-mine": () => {
        this.endConflict();
        save.keepMine();
      },
      "use-draft": () => this.endDraft({ use: true }),
      "drop-draft": () => this.endDraft({ use: false }),
    };
    if (!commands[command]) return false;
    commands[command](state);
    return true;
  }

  // Ctrl+Enter: the words being written, else the main button.
  finish() {
    const form = document.activeElement?.closest("[data-reason]");
    if (form) return form.requestSubmit();
    return this.find(".decide .primary:not(:disabled)")?.click();
  }

  escape() {
    const sheet = this.find("dialog[open]");
    const panel = ["return", "skip"].find((id) => document.getElementById(id)?.hidden === false);
    if (this.rectangle.cancel()) return;
    if (sheet) sheet.close();
    else if (panel) this.togglePanel(panel);
    else this.open.drawing.select(null);
  }

  toggleSheet(id) {
    const sheet = document.getElementById(id);
    if (!sheet) return;
    for (const other of this.main.querySelectorAll("dialog[open]")) if (other !== sheet) other.close();
    if (sheet.open) sheet.close();
    else sheet.show();
  }

  togglePanel(id) {
    const panel = document.getElementById(id);
    if (!panel) return;
    panel.hidden = !panel.hidden;
    this.find(`.decide [data-command=${id}]`).setAttribute("aria-expanded", String(!panel.hidden));
    if (panel.hidden) this.stage.focus({ preventScroll: true });
    else panel.querySelector("textarea").focus();
    if (!panel.hidden) panel.scrollIntoView({ block: "nearest" });
  }

  async move(verb, body) {
    await this.moves.move(this.open.state.urls.moves, verb, body);
  }

  listen() {
    const { main, stage } = this;
    main.addEventListener("click", (event) => this.click(event));
    main.addEventListener("submit", (event) => this.submit(event));
    main.addEventListener("change", (event) => {
      if (event.target.name !== "version") return;
      this.open.drawing.showTheirs(event.target.value === "both" ? this.open.state.handedOver : null);
    });
    stage.addEventListener("pointermove", (event) => {
      const isDrawing = this.tool === "rectangle" && this.mayDraw && event.pointerType !== "touch";
      if (this.open) this.paint.paintCross(isDrawing ? this.view.toImage(event.clientX, event.clientY) : null);
    });
    stage.addEventListener("pointerleave", () => this.open?.canvas && this.paint.paintCross(null));
    listenToKeys({
      run: (command) => this.run(command),
      choose: (digit) => this.chooseClass(digit),
      arrow: (dx, dy) => this.arrow(dx, dy),
      holdSpace: (isHeld) => this.pan.holdSpace(isHeld),
    });
    addEventListener("beforeunload", (event) => {
      if (this.open.save.isDirty) event.preventDefault();
    });
    addEventListener("visibilitychange", () => document.hidden && this.open.save.hurry());
    addEventListener("popstate", () => this.leaveBack());
    this.fillKeySheet();
  }

  async leaveBack() {
    if (await this.open.save.flush()) await this.goTo(location.href, { isBack: true });
  }

  click(event) {
    const button = event.target.closest("[data-command], [data-tool], [data-move]");
    const link = event.target.closest("a[data-open]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      this.leaveFor(link.href);
    } else if (button?.dataset.move) {
      this.move(button.dataset.move);
    } else if (button?.dataset.tool) {
      this.setTool(button.dataset.tool, { isWanted: true });
    } else if (button) {
      this.run(button.dataset.command);
    }
    // Hands stay on the image: after a click with the mouse, keys work there again.
    const pressed = event.target.closest("button");
    if (pressed && event.detail > 0 && document.activeElement === pressed) this.stage.focus({ preventScroll: true });
  }

  submit(event) {
    const form = event.target;
    if (form.matches("[data-request]")) {
      event.preventDefault();
      this.strip.request(form, this.open.state.urls.strip);
    } else if (form.matches("[data-reason]")) {
      event.preventDefault();
      const { reason, stage } = Object.fromEntries(new FormData(form));
      if (!reason.trim()) return void form.querySelector("textarea").focus();
      if (stage) this.move("send-back", { reason, stage });
      else this.move(form.dataset.reason, { reason });
    }
  }

  chooseClass(digit) {
    const { drawing } = this.open;
    const chosen = drawing.classes.find((one) => one.key === digit);
    if (!chosen || !drawing.editable) return false;
    drawing.chooseClass(chosen.name);
    return true;
  }

  // Nudges the selected object, or moves the image.
  arrow(dx, dy) {
    const { drawing, canvas } = this.open;
    const object = drawing.selected;
    if (!canvas) return false;
    if (object && drawing.editable && !drawing.locked.has(object.id)) {
      drawing.change(object.id, { points: moved(object.points, dx, dy, this.view.size) });
    } else {
      this.view.pan(-40 * dx, -40 * dy);
    }
    return true;
  }

  fillKeySheet() {
    this.find("[data-keys]").replaceChildren(...keySheet());
  }

  find(selector) {
    return this.main.querySelector(selector);
  }
}

function stateOf(page) {
  const script = page.getElementById("editor-state");
  return script ? JSON.parse(script.textContent) : null;
}

// Equal apart from who drew them.
function sameDrawn(ones, others) {
  const drawn = (objects) =>
    JSON.stringify(objects.map(({ id, class: name, points, rotation }) => [id, name, points, rotation ?? 0]));
  return drawn(ones) === drawn(others);
}

const page = new Page(document.getElementById("main"));
page.openImage(stateOf(document));
