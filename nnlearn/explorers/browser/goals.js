/** The goals, each with a word whether it was reached. */
class Aims {
  constructor(goals, words) {
    Object.assign(this, { goals, words, items: goals.map(() => make("li", {})), reached: null });
    const list = make("ul", { class: "goals" }, ...this.items);
    const shown = goals.length ? [make("p", { class: "try" }, words.goals), list] : [];
    this.element = make("div", { class: "aims" }, ...shown);
  }

  /** What is to be said of those that are reached now and were not when they were last shown. */
  show(reached) {
    const before = this.reached;
    this.reached = reached;
    this.items.forEach((item, i) => {
      if (before?.includes(i) !== reached.includes(i)) item.replaceChildren(...this.line(i));
    });
    return before ? reached.filter((i) => !before.includes(i)).map((i) => this.goals[i].reached) : [];
  }

  line(i) {
    const is = this.reached.includes(i);
    return [make("span", { class: is ? "reached" : "open", "aria-hidden": true }, is ? "✓" : "○"),
      this.goals[i].text, make("span", { class: "word" }, is ? this.words.reached : this.words.open)];
  }
}
