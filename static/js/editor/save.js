// Saving by itself, about a second after the last change, with the version it was drawn on. Whatever happens, the
// changes stay: in memory, and in this browser's storage until the server has them.

import { Refused, send } from "./http.js";

const PAUSE = 1000;
const RETRIES = [2000, 4000, 8000, 15000, 30000];
const KEEPALIVE_MAX = 60_000; // bytes a browser still sends for a page that is closing

export class Save {
  // `onState({kind, words})` with kind saved, saving, offline, conflict; `onConflict(newer)` when somebody saved a
  // newer version; `onLost(sentence)` when the task is no longer ours; `onFirst()` after the first save of a task
  // that was not yet in progress.
  constructor({ state, drawing, onState, onConflict, onLost, onFirst }) {
    Object.assign(this, { drawing, onState, onConflict, onLost, onFirst });
    this.url = state.urls.annotations;
    this.version = state.version;
    this.key = `mete:${state.me}:${state.task}`;
    this.isFirst = state.status !== "in_progress";
    this.savedRevision = drawing.revision;
    this.unsaved = 0; // changes since the last save
    this.tries = 0;
    this.timer = null;
    this.inFlight = null;
    this.newer = null;
    this.isClosed = false;
    this.onOnline = () => this.isDirty && this.schedule(0);
    addEventListener("online", this.onOnline);
  }

  get isDirty() {
    return !this.isClosed && this.drawing.revision !== this.savedRevision;
  }

  // What an earlier visit could not send: {version, objects} or null.
  kept() {
    try {
      return JSON.parse(localStorage.getItem(this.key));
    } catch {
      return null;
    }
  }

  keep() {
    try {
      localStorage.setItem(this.key, JSON.stringify({ version: this.version, objects: this.drawing.objects }));
    } catch {
      // Storage is full or forbidden: the changes are still in memory, and leaving the page warns.
    }
  }

  forget() {
    try {
      localStorage.removeItem(this.key);
    } catch {
      // Nothing was kept.
    }
  }

  changed() {
    if (!this.isDirty) return;
    this.unsaved += 1;
    this.keep();
    if (this.newer) return;
    if (this.tries) return void this.sayOffline(this.reason);
    this.onState({ kind: "saving", words: "Saving" });
    this.schedule(PAUSE);
  }

  schedule(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), pause);
  }

  // Everything out now. True when the server has it all.
  async flush() {
    while (this.isDirty) {
      if (this.newer) return false;
      if (!(await this.send())) return false;
    }
    return !this.newer;
  }

  send(options) {
    clearTimeout(this.timer);
    this.inFlight ??= this.put(options).finally(() => {
      this.inFlight = null;
    });
    return this.inFlight;
  }

  async put({ keepalive = false } = {}) {
    if (!this.isDirty || this.newer) return !this.newer;
    const { revision, objects } = this.drawing;
    const unsaved = this.unsaved;
    this.onState({ kind: "saving", words: "Saving" });
    try {
      const answer = await send(this.url, { method: "PUT", body: { version: this.version, objects }, keepalive });
      this.saved(answer.version, revision, unsaved);
      return true;
    } catch (error) {
      this.failed(error);
      return false;
    }
  }

  saved(version, revision, unsaved) {
    this.version = version;
    this.savedRevision = revision;
    this.unsaved -= unsaved;
    this.tries = 0;
    if (this.isDirty) {
      this.keep();
      this.schedule(PAUSE);
    } else {
      this.forget();
    }
    this.onState({ kind: "saved", words: `Saved ${clock(new Date())}` });
    if (this.isFirst) {
      this.isFirst = false;
      this.onFirst();
    }
  }

  failed(error) {
    if (error instanceof Refused && error.code === "stale_version") {
      this.newer = error.facts;
      this.onState({ kind: "conflict", words: "Not saved: there is a newer version" });
      this.onConflict(error.facts);
    } else if (error instanceof Refused && error.code === "not_held") {
      this.forget();
      this.close();
      this.onState({ kind: "conflict", words: "Kept as a draft" });
      this.onLost(error.message);
    } else if (error instanceof Refused) {
      this.onState({ kind: "conflict", words: `Not saved: ${error.message}` });
    } else {
      this.schedule(RETRIES[Math.min(this.tries, RETRIES.length - 1)]);
      this.tries += 1;
      this.sayOffline(error.message);
    }
  }

  sayOffline(reason) {
    this.reason = reason;
    const changes = this.unsaved === 1 ? "1 change is" : `${this.unsaved} changes are`;
    this.onState({ kind: "offline", words: `${reason}. ${changes} kept in this browser` });
  }

  // The two ways out of a conflict.
  takeTheirs() {
    const { version, objects } = this.newer;
    this.newer = null;
    this.version = version;
    this.drawing.replace(objects, { saved: true });
    this.savedRevision = this.drawing.revision;
    this.unsaved = 0;
    this.forget();
    this.onState({ kind: "saved", words: `Saved ${clock(new Date())}` });
  }

  keepMine() {
    this.version = this.newer.version;
    this.newer = null;
    return this.send();
  }

  // Called when the page goes out of sight: it may never come back.
  hurry() {
    if (!this.isDirty) return;
    const isSmall = JSON.stringify(this.drawing.objects).length < KEEPALIVE_MAX;
    this.send({ keepalive: isSmall });
  }

  close() {
    this.isClosed = true;
    clearTimeout(this.timer);
    removeEventListener("online", this.onOnline);
  }
}

// 14:02:11
export function clock(at) {
  return at.toLocaleTimeString("en-GB");
}
