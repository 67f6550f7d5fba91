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
  const outbox = new Outbox((message) => model.send(message));
  const speaker = new Speaker();

  const inputs = controls.map((control) =>
    INPUTS[control.kind](control, (value) => outbox.put("values", control.name, value), (deed) => outbox.act(deed)));
  const question = prediction ? new Question(prediction, outbox) : null;
  const picture = new Picture(prediction ? [...controls, prediction.answer] : controls, words, outbox);
  const reset = make("button", { type: "button", class: "reset" }, words.reset);
  const status = make("p", { class: "status", "aria-hidden": true }); // seen at once; the speaker says it at rest
  const note = make("p", { class: "note", "aria-hidden": true });
  const trouble = make("div", { class: "trouble", role: "alert" });
  const panel = make("div", { class: "shows" }); // not "panel": JupyterLab's extensions bring Bootstrap's styles
  const items = goals.map((goal) => make("li", {}, goal.text));
  const heading = make("p", { class: "title", id: newId() }, title);
  reset.addEventListener("click", () => outbox.reset());
  const hands = make("div", { class: "controls" }, ...inputs.map((input) => input.element));
  const aims = make("div", { class: "aims" },
    ...(goals.length ? [make("p", { class: "try" }, words.goals), make("ul", { class: "goals" }, ...items)] : []));

  const stage = make("div", { class: "stage" }, picture.element); // as wide as there is room for a picture
  const section = make("section", { class: "nnlearn-explorer", "aria-labelledby": heading.id });
  const features = new Features({ model, section, outbox, speaker, picture, inputs });
  section.append(make("header", {}, heading, reset),
    make("div", { class: "body" }, question?.element ?? "", hands, stage),
    status, note, speaker.element, features.element, trouble, panel, aims);
  el.append(section);

  let shown = {};
  const show = () => {
    const before = shown;
    shown = model.get("_shown");
    outbox.answered(shown.answers);
    controls.forEach(({ name }, i) => {
      if (!outbox.holds(name)) inputs[i].show(model.get(name), shown.marks[name] ?? []);
    });
    picture.show(shown, `${title}: ${shown.status}`);
    features.show(shown);
    status.textContent = shown.busy ? `${shown.status} ${words.computing}` : shown.status;
    note.textContent = shown.note;
    if (before.panel !== shown.panel) panel.innerHTML = shown.panel;
    items.forEach((item, i) => item.replaceChildren(...tick(goals[i].text, shown.goals.includes(i), words)));
    if (String(before.error) !== String(shown.error)) trouble.replaceChildren(...report(shown.error, words));
    const news = shown.goals.filter((i) => before.goals && !before.goals.includes(i)).map((i) => goals[i].reached);
    if (question) {
      const { open, verdict } = shown.prediction;
      const inside = el.contains(document.activeElement);
      const turned = question.show(shown.prediction);
      for (const part of [reset, hands, panel, aims, features.element]) part.hidden = !open;
      if (turned && open) news.push(verdict);
      const next = open ? hands : question.element; // the button that had the focus is gone
      if (turned && inside) next.querySelector("input, select")?.focus({ preventScroll: true });
    }
    if (before.goals) speaker.say(shown.busy ? [] : [shown.note, shown.status], news);
    else speaker.element.textContent = shown.status; // the first is there to be read, not announced
  };
  show();
  model.on("change:_shown", show);

  // JupyterLab takes arrow keys (to walk through cells) and letters (as commands) even from an input that has the focus.
  el.addEventListener("keydown", (event) => {
    const running = event.key === "Enter" && (event.shiftKey || event.ctrlKey);
    if (!running && event.key !== "Escape") event.stopPropagation();
  });

  const stopWatching = watchLook((look) => outbox.look(look), el, stage);
  return () => {
    model.off("change:_shown", show);
    stopWatching();
    speaker.stop();
    picture.stop();
    features.stop();
  };
}
