/** Whether Python answers: if not, the card says so, and its picture is dimmed. */
class Pulse {
  constructor(card, words, tell) {
    Object.assign(this, { card, words, tell, level: 0, isGone: false, text: "" });
  }

  /** level: 0, it answers; 1, it has not done so for a moment; 2, for seconds */
  silent(level) {
    this.level = level;
    this.show();
  }

  /** It never will again. */
  gone() {
    this.isGone = true;
    this.show();
  }

  show() {
    const { waiting, silent, gone } = this.words;
    const text = this.isGone ? gone : ["", waiting, silent][this.level];
    if (text === this.text) return;
    this.text = text;
    this.card.toggleAttribute("data-silent", text !== "");
    const hands = this.card.querySelectorAll("header button, .controls, .prediction, .picture");
    hands.forEach((part) => { part.inert = this.isGone; });
    this.tell(this.isGone || this.level > 1 ? text : ""); // a moment is not worth a word
  }
}
