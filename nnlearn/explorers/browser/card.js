/**
 * The page's side of an explorer: native controls, one picture, one sentence.
 *
 * Python decides everything. The page sends what the hand did and shows what comes back ("_shown": picture, status,
 * goals, ...). Nothing is loaded from anywhere. Python joins these files into one module (__init__.py): they share
 * one scope, and each has one job.
 */

export default { render };

function render({ model, el }) {
  const { title, controls, goals, words, prediction } = model.get("_page");
  const outbox = new Outbox({
    send: (message) => model.send(message),
    told: (name) => touched(name),
    silent: (level) => pulse.silent(level),
    lost: () => pulse.gone(),
  });
  const speaker = new Speaker();

  const inputs = controls.map((control) => makeInput(control, outbox, (text) => remark(text), words));
  const question = prediction ? new Question(prediction, outbox, words) : null;
  const picture = new Picture(prediction ? [...controls, prediction.answer] : controls, words, outbox);
  const reset = make("button", { type: "button", class: "reset" }, words.reset);
  const status = make("p", { class: "status", "aria-hidden": true }); // seen at once; the speaker says it at rest
  const note = make("p", { class: "note", "aria-hidden": true });
  const trouble = make("div", { class: "trouble", role: "alert" });
  const panel = make("div", { class: "shows" }); // not "panel": JupyterLab's extensions bring Bootstrap's styles
  const aims = new Aims(goals, words);
  const heading = make("p", { class: "title", id: newId() }, title);
  reset.addEventListener("click", () => outbox.reset());
  const hands = make("div", { class: "controls" }, ...inputs.map((input) => input.element));

  const stage = make("div", { class: "stage" }, picture.element); // as wide as there is room for a picture
  const card = make("section", { class: "nnlearn-explorer", "aria-labelledby": heading.id });
  const features = new Features({ model, section: card, outbox, speaker, picture, inputs });
  card.append(make("header", {}, heading, reset),
    make("div", { class: "body" }, question?.element ?? "", hands, stage),
    status, note, speaker.element, features.element, trouble, panel, aims.element);
  const pulse = new Pulse(card, words, (spoken) => {
    tell();
    if (spoken) speaker.say([spoken], []);
  });
  el.append(card);

  let shown = {};
  const tell = () => write(status, [shown.status, shown.busy && words.computing, pulse.text].filter(Boolean).join(" "));
  const remark = (text) => {
    write(note, text);
    if (text) speaker.say([text], []);
  };
  const touched = (name) => {
    remark(""); // what was said of the last move is not true of this one
    if (question && name === question.name) question.touched();
  };

  const show = () => {
    if (!model.get("_shown").answers) return; // the first state is still on its way
    const before = shown;
    shown = model.get("_shown");
    outbox.answered(shown.answers);
    controls.forEach(({ name }, i) => {
      if (!outbox.holds(name)) inputs[i].show(model.get(name), shown.marks[name] ?? []);
    });
    picture.show(shown, `${title}: ${shown.status}`);
    features.show(shown);
    tell();
    write(note, shown.note);
    if (before.panel !== shown.panel) panel.innerHTML = shown.panel;
    if (String(before.error) !== String(shown.error)) trouble.replaceChildren(...report(shown.error, words));
    const news = aims.show(shown.goals);
    if (question) {
      const { open, verdict } = shown.prediction;
      const inside = el.contains(document.activeElement);
      const turned = question.show(shown.prediction);
      for (const part of [reset, hands, panel, aims.element, features.element]) part.hidden = !open;
      if (turned && open) news.push(verdict);
      const next = open ? hands : question.element; // the button that had the focus is gone
      if (turned && inside) next.querySelector("input, select")?.focus({ preventScroll: true });
    }
    if (before.goals) speaker.say(shown.busy ? [] : [shown.note, shown.status], news);
    else write(speaker.element, shown.status); // the first is there to be read, not announced
  };
  show();
  model.on("change:_shown", show);

  keepKeys(el);
  const stopWatching = watchLook((look) => outbox.look(look), el, stage);
  const reached = { tabindex: 0, role: "group", "aria-labelledby": heading.id };
  const scrolls = new ResizeObserver(() => { // on a narrow card a tall picture does: then keys must reach it, too
    const tall = stage.scrollHeight > stage.clientHeight;
    for (const [name, value] of Object.entries(reached)) {
      if (tall) stage.setAttribute(name, value);
      else stage.removeAttribute(name);
    }
  });
  for (const part of [stage, picture.element]) scrolls.observe(part);
  return () => {
    scrolls.disconnect();
    model.off("change:_shown", show);
    stopWatching();
    speaker.stop();
    outbox.close();
    picture.stop();
    features.stop();
  };
}

/** JupyterLab takes arrow keys (to walk through cells) and letters (as commands) even from an input with the focus. */
function keepKeys(el) {
  el.addEventListener("keydown", (event) => {
    const running = event.key === "Enter" && (event.shiftKey || event.ctrlKey);
    if (!running && event.key !== "Escape") event.stopPropagation();
  });
}
