const BEAT = 120; // ms between two steps, where Python follows as fast
const BEATS = 60; // at most, from one end to the other

/** A button that moves a slider on by itself. Who wants less motion gets one step for each press. */
class Player {
  constructor({ name, label, low, high }, element, model, outbox, words) {
    Object.assign(this, { name, low, high, model, outbox });
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    this.names = { play: `${words.play}: ${label}`, pause: `${words.pause}: ${label}`, next: `${words.next}: ${label}` };
    this.step = Math.max(1, Math.round((high - low) / BEATS));
    this.button = make("button", { type: "button", class: "play" });
    this.button.addEventListener("click", () => this.press());
    element.querySelector(".numbers").append(this.button);
    this.write();
  }

  press() {
    if (this.timer) return this.pause();
    if (this.model.get(this.name) >= this.high) this.put(this.low);
    else if (this.still.matches) this.put(this.model.get(this.name) + 1);
    if (!this.still.matches) this.timer = setInterval(() => this.go(), BEAT);
    this.write();
  }

  go() {
    if (this.busy || document.hidden || this.outbox.holds(this.name)) return; // Python has yet to follow
    if (this.model.get(this.name) >= this.high) this.pause();
    else this.put(Math.min(this.model.get(this.name) + this.step, this.high));
  }

  put(value) {
    this.outbox.put("values", this.name, value);
  }

  pause() {
    clearInterval(this.timer);
    this.timer = null;
    this.write();
  }

  show(busy) {
    this.busy = busy;
  }

  write() {
    const does = this.timer ? "pause" : this.still.matches ? "next" : "play";
    this.button.textContent = { play: "▶", pause: "❚❚", next: "▶❚" }[does];
    this.button.setAttribute("aria-label", this.names[does]);
    this.button.title = this.names[does];
  }
}
