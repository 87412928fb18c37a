// Decisions: submit, skip, accept, return and the rest. What is drawn is saved first; then the move; then the next
// image the person holds.

import { Refused, send } from "./http.js";

const NOT_DONE = {
  submit: "Not submitted", accept: "Not accepted", reject: "Not returned", "send-back": "Not returned",
  skip: "Not skipped", complete: "Not completed",
};

export class Moves {
  // `save()` answers the Save of the open image; `onNext(url)` opens what comes next.
  constructor({ main, save, onNext, onSay }) {
    Object.assign(this, { main, save, onNext, onSay });
    this.isMoving = false;
  }

  async move(base, verb, body = {}) {
    if (this.isMoving) return;
    this.isMoving = true;
    this.disable(true);
    try {
      if (!(await this.save().flush())) {
        this.onSay(`${NOT_DONE[verb] ?? "Not done"}: your last changes are not saved yet. They are kept here.`, "error");
        return;
      }
      const { next } = await send(`${base}${verb}`, { body });
      await this.onNext(next);
    } catch (error) {
      const why = error instanceof Refused ? error.message : `${error.message}. Try again in a moment.`;
      this.onSay(why, "error");
    } finally {
      this.isMoving = false;
      this.disable(false);
    }
  }

  disable(isOff) {
    for (const button of this.main.querySelectorAll(".decide button, [data-reason] button, [data-move]")) {
      button.disabled = isOff;
    }
  }
}
