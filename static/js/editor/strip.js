// The image panel below the stage: what I hold, and + for more.

import { Refused, fetchHtml, send } from "./http.js";

export class Strip {
  // `onSay(sentence, kind)`: words for the person.
  constructor({ main, onSay }) {
    Object.assign(this, { main, onSay });
    this.isAsking = false;
    this.showCurrent();
  }

  get element() {
    return this.main.querySelector(".ed-strip");
  }

  showCurrent() {
    const list = this.element.querySelector("ol");
    const current = list.querySelector("[aria-current]");
    if (current) list.scrollLeft = current.offsetLeft - list.offsetLeft - (list.clientWidth - current.clientWidth) / 2;
  }

  // Links of the images before and after the open one.
  neighbour(step) {
    const links = [...this.element.querySelectorAll("ol a")];
    const at = links.findIndex((link) => link.hasAttribute("aria-current"));
    if (!links.length || (links.length === 1 && at === 0)) return null;
    if (at < 0) return links[0].href;
    return links[(at + step + links.length) % links.length].href;
  }

  async refresh(url) {
    const page = await fetchHtml(url).catch(() => null);
    const fresh = page?.querySelector(".ed-strip");
    if (!fresh) return;
    const { scrollLeft } = this.element.querySelector("ol");
    this.element.replaceWith(document.adoptNode(fresh));
    this.element.querySelector("ol").scrollLeft = scrollLeft;
    const status = this.element.querySelector("[aria-current] .status");
    if (status) this.main.querySelector("[data-status]").replaceChildren(status.cloneNode(true));
  }

  async request(form, stripUrl) {
    const button = form.querySelector("button");
    if (this.isAsking) return;
    if (button.getAttribute("aria-disabled") === "true") {
      this.onSay(button.title);
      return;
    }
    this.isAsking = true;
    button.disabled = true;
    const body = new FormData(form);
    body.set("idempotency_key", `${Date.now()}-${Math.random().toString(36).slice(2)}`);
    try {
      const { given } = await send(form.action, { body });
      await this.refresh(stripUrl);
      this.onSay(given === 1 ? "1 more image is yours." : `${given} more images are yours.`);
    } catch (error) {
      if (error instanceof Refused) await this.refresh(stripUrl);
      this.onSay(error instanceof Refused ? error.message : `${error.message}. Nothing was requested; try again.`, "error");
    } finally {
      this.isAsking = false;
      if (button.isConnected) button.disabled = false;
    }
  }
}
