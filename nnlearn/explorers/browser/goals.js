/** A goal's line: reached or not yet. */
function tick(text, reached, words) {
  const word = reached ? words.reached : words.open;
  return [make("span", { class: reached ? "reached" : "open", "aria-hidden": true }, reached ? "✓" : "○"),
    text, make("span", { class: "word" }, word)];
}
