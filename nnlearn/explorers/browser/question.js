/** Asks first and then shows the answer beside the truth; "_shown.prediction" says which of the two. */
class Question {
  constructor({ question, answer, words }, outbox, pageWords) {
    this.name = answer.name;
    const kind = answer.kind === "Choice" ? options : INPUTS[answer.kind];
    const remark = (text) => write(this.note, text);
    this.input = kind(answer, (value) => outbox.put("values", answer.name, value), remark, pageWords);
    this.note = make("p", { class: "note" });
    this.held = () => outbox.holds(answer.name);
    this.commit = make("button", { type: "button", class: "commit" }, words.commit);
    this.verdict = make("p", {});
    const again = make("button", { type: "button" }, words.again);
    this.commit.addEventListener("click", () => outbox.act("commit"));
    again.addEventListener("click", () => outbox.act("again"));
    this.asks = make("div", { class: "asks" }, make("p", {}, make("strong", {}, words.predict), " ", question),
      this.input.element, this.note, this.commit);
    this.told = make("div", { class: "told" }, this.verdict, again);
    this.element = make("div", { class: "prediction" }, this.asks, this.told);
  }

  /** Whether it has opened or closed since it was last shown. */
  show({ open, ready, value, verdict }) {
    const turned = this.open === !open;
    this.open = open;
    this.asks.hidden = open;
    this.told.hidden = !open;
    this.commit.disabled = !(ready || this.held());
    write(this.verdict, verdict);
    if (!this.held()) this.input.show(value, []);
    return turned;
  }

  /** The learner has chosen: the answer can be given, whatever Python does meanwhile. */
  touched() {
    write(this.note, "");
    this.commit.disabled = false;
  }
}
