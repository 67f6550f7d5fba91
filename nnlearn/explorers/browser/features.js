const SHOWN_FOR = 1500; // ms for which a button says that it has done its work

/** What an explorer can do besides being moved: play, pin, copy, zoom by keys, fill the screen, answer to the text. */
class Features {
  constructor({ model, section, outbox, speaker, picture, inputs }) {
    const { name, controls, words } = model.get("_page");
    Object.assign(this, { model, outbox, speaker, words, controls, inputs });
    this.players = controls.flatMap((control, i) =>
      control.plays ? [new Player(control, inputs[i].element, model, outbox, words)] : []);
    this.readout = new Readout(picture);
    this.prose = new Prose(name, section, controls, (values) => this.set(values));
    this.line = make("code", { class: "line" });
    this.pin = make("button", { type: "button" }, words.pin);
    const code = make("button", { type: "button", "aria-keyshortcuts": "Alt+C", title: "Alt+C" }, words.copy_code);
    const image = make("button", { type: "button" }, words.copy_picture);
    const room = make("button", { type: "button" }, words.full_screen);
    this.pin.addEventListener("click", () => outbox.act(this.pinned ? "unpin" : "pin"));
    code.addEventListener("click", () => this.copy(code, copyText(this.line.textContent)));
    image.addEventListener("click", () => this.copy(image, copyPicture(picture.image.src)));
    room.addEventListener("click", () => (document.fullscreenElement ? document.exitFullscreen() : section.requestFullscreen()));
    room.hidden = !document.fullscreenEnabled;
    this.compared = make("p", { class: "pinned" });
    this.element = make("div", { class: "tools" }, this.line, code, image, this.pin, room, this.compared);
    section.addEventListener("keydown", (event) => this.key(event, code));
    section.addEventListener("input", () => this.rest());
    section.addEventListener("pointerdown", (event) => event.target.closest(".picture") && this.rest());
  }

  show({ code, pinned, pins, panels, busy }) {
    this.line.textContent = code;
    this.pinned = pinned;
    this.pin.hidden = !pins;
    this.pin.textContent = pinned ? this.words.unpin : this.words.pin;
    this.compared.replaceChildren(...(pinned
      ? [make("span", { class: "dashes", "aria-hidden": true }), this.words.pinned, " ", make("code", {}, pinned[0]), " ", pinned[1]]
      : []));
    this.readout.panels = panels;
    this.players.forEach((player) => player.show(busy));
    this.controls.forEach(({ needs }, i) => {
      if (!needs) return;
      for (const field of this.inputs[i].element.querySelectorAll("input")) field.disabled = !this.model.get(needs);
    });
  }

  set(values) {
    for (const [name, value] of Object.entries(values)) this.outbox.put("values", name, value);
  }

  /** Stops what plays: the hand has something else in mind. */
  rest() {
    this.players.forEach((player) => player.pause());
  }

  key(event, code) {
    if (event.key === "Escape") this.rest();
    if (this.element.hidden) return;
    if (event.altKey && event.code === "KeyC") code.click();
    const zoom = { "+": "zoom_in", "-": "zoom_out" }[event.key];
    if (zoom && event.target.closest(".handle") && this.controls.some(({ kind }) => kind === "Window")) this.outbox.act(zoom);
  }

  async copy(button, work) {
    const usual = button.textContent;
    const told = this.words[await work];
    this.speaker.say([told], []);
    button.textContent = told;
    setTimeout(() => { button.textContent = usual; }, SHOWN_FOR);
  }

  stop() {
    this.rest();
    this.prose.stop();
  }
}
