const REST = 600; // ms without a change after which the status is spoken

/** A polite live region: silent while something moves, then one message. */
class Speaker {
  element = make("p", { class: "spoken", role: "status", "aria-live": "polite" });
  news = [];

  say(sentences, news) {
    this.news.push(...news); // said once, but not lost when the hand moves on before its time has come
    clearTimeout(this.timer);
    if (!sentences.length) return;
    this.timer = setTimeout(() => {
      const text = [...sentences, ...this.news].filter(Boolean).join(" ");
      write(this.element, text);
      this.news = [];
    }, REST);
  }

  stop() {
    clearTimeout(this.timer);
  }
}
