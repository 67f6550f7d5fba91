/**
 * Links in the notebook's text that move an explorer: [0.55](#FirstDescent?learning_rate=0.55&start=1.8).
 *
 * A link of this form means the last explorer of that name above it, or else the first. Where no explorer runs, it
 * leads nowhere and harms nothing. The focus stays on the link; what the explorer then shows is announced as always.
 */
class Prose {
  constructor(name, section, controls, set) {
    section.dataset.name = name;
    this.listener = (event) => {
      const link = event.target.closest?.(`a[href^="#${name}?"]`);
      if (!link || meant(link, name) !== section) return;
      event.preventDefault();
      event.stopPropagation();
      if (section.querySelector(".controls").hidden) return; // the question comes first
      const asked = new URLSearchParams(link.getAttribute("href").split("?")[1]);
      set(Object.fromEntries(controls.filter((control) => asked.has(control.name))
        .map((control) => [control.name, read(control, asked.get(control.name))])));
      section.querySelector(".picture").scrollIntoView({ block: "nearest" });
    };
    document.addEventListener("click", this.listener, true); // before JupyterLab follows the link
  }

  stop() {
    document.removeEventListener("click", this.listener, true);
  }
}

/** The explorer that a link means. */
function meant(link, name) {
  const all = [...document.querySelectorAll(`.nnlearn-explorer[data-name="${name}"]`)];
  const above = all.filter((each) => each.compareDocumentPosition(link) & Node.DOCUMENT_POSITION_FOLLOWING);
  return above.at(-1) ?? all[0];
}

/** What a link's text means to a control of this kind. */
function read({ kind }, text) {
  if (kind === "Choice") return text;
  if (kind === "Switch") return text === "True";
  return kind === "Point" || kind === "Window" ? text.split(",").filter(Boolean).map(Number) : Number(text);
}
