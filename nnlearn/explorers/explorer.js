/**
 * The page's side of an explorer: native controls, one picture, one sentence.
 *
 * Python decides everything. The page sends what the hand did and shows what comes back ("_shown": picture, status,
 * goals, ...). Nothing is loaded from anywhere.
 */

const REST = 600; // ms without a change after which the status is spoken
const PATIENCE = 5000; // ms after which an answer counts as lost and the next message goes without it

export default { render };

function render({ model, el }) {
  const { title, controls, goals, words, prediction } = model.get("_page");
  const outbox = new Outbox((message) => model.send(message));
  const speaker = new Speaker();

  const inputs = controls.map((control) =>
    INPUTS[control.kind](control, (value) => outbox.put("values", control.name, value)));
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

  el.append(make("section", { class: "nnlearn-explorer", "aria-labelledby": heading.id },
    make("header", {}, heading, reset),
    question?.element ?? "", hands, picture.element, status, note, speaker.element, trouble, panel, aims));

  let shown = {};
  const show = () => {
    const before = shown;
    shown = model.get("_shown");
    outbox.answered(shown.answers);
    controls.forEach(({ name }, i) => {
      if (!outbox.holds(name)) inputs[i].show(model.get(name), shown.marks[name] ?? []);
    });
    picture.show(shown, `${title}: ${shown.status}`);
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
      for (const part of [reset, hands, panel, aims]) part.hidden = !open;
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

  const stopWatching = watchLook((look) => outbox.look(look), el);
  return () => {
    model.off("change:_shown", show);
    stopWatching();
    speaker.stop();
    picture.stop();
  };
}

/** One message under way at a time; meanwhile the newest values wait together. A slow kernel is never queued up. */
class Outbox {
  constructor(send) {
    Object.assign(this, { send, waiting: {}, sent: {}, underWay: 0, serial: 0, sentAt: 0 });
  }

  /** kind: "values" (as typed or slid) or "places" (of a press, in shares of the picture's width and height) */
  put(kind, name, value) {
    this.waiting[kind] = { ...this.waiting[kind], [name]: value };
    this.flush();
  }

  look(look) {
    this.waiting.look = look;
    this.flush();
  }

  reset() {
    this.waiting = { ...this.waiting, reset: true, values: {}, places: {} };
    this.flush();
  }

  /** deed: "commit" to a prediction, or ask for it "again" */
  act(deed) {
    this.waiting[deed] = true;
    this.flush();
  }

  /** Whether Python has yet to answer to the newest value of a control: until then the hand knows better. */
  holds(name) {
    const unanswered = this.patient ? [this.waiting, this.sent] : [this.waiting];
    return unanswered.some(({ values, places }) => name in { ...values, ...places });
  }

  get patient() {
    return this.underWay && performance.now() - this.sentAt < PATIENCE;
  }

  answered(serial) {
    if (serial === this.underWay) this.underWay = 0;
    this.flush();
  }

  flush() {
    if (this.patient || !Object.keys(this.waiting).length) return;
    this.underWay = ++this.serial;
    this.sentAt = performance.now();
    this.send({ serial: this.serial, ...this.waiting });
    this.sent = this.waiting;
    this.waiting = {};
  }
}

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
      if (this.element.textContent !== text) this.element.textContent = text;
      this.news = [];
    }, REST);
  }

  stop() {
    clearTimeout(this.timer);
  }
}

// ---- Controls: each is { element, show(value, marks) } ----

const SCALES = {
  Linear: ({ low, high, count }) => ({
    value: (step) => low + ((high - low) * step) / count,
    step: (value) => ((value - low) / (high - low)) * count,
  }),
  Log: ({ low }) => ({ // a hundred steps to a factor of ten
    value: (step) => Number((low * 10 ** (step / 100)).toPrecision(3)),
    step: (value) => 100 * Math.log10(value / low),
  }),
};

const INPUTS = { Linear: slider, Whole: slider, Log: slider, Choice: choice, Switch: toggle, Point: point };

function slider({ kind, label, field, low, high, count, unit }, send) {
  const scale = (SCALES[kind] ?? SCALES.Linear)({ low, high, count });
  const clamp = (value) => Math.min(Math.max(value, low), high);
  const ids = { range: newId(), marks: newId() };
  const range = make("input", { type: "range", id: ids.range, min: 0, max: count, step: 1, "aria-describedby": ids.marks });
  const number = numberField(field, { min: low, max: high }, send, (steps) => move(range.valueAsNumber + steps));
  const ticks = make("div", { class: "ticks", id: ids.marks });

  const write = (value) => {
    range.value = scale.step(value);
    range.setAttribute("aria-valuetext", `${short(value)} ${unit}`.trim()); // else an exponent or a count is spoken
    number.show(value);
  };
  const move = (step) => {
    const value = clamp(Number(scale.value(step).toPrecision(12))); // 0.3, not 0.30000000000000004
    write(value);
    send(value);
  };
  range.addEventListener("input", () => move(range.valueAsNumber));

  const element = make("div", { class: "control slider" },
    make("label", { for: ids.range }, label),
    range,
    make("span", { class: "numbers" }, number.element, unit && make("span", { class: "unit" }, unit)),
    ticks);
  let drawn = "[]";
  const show = (value, marks) => {
    write(value);
    if (JSON.stringify(marks) === drawn) return;
    drawn = JSON.stringify(marks);
    const inside = marks.filter(([at]) => at >= low && at <= high).sort((a, b) => a[0] - b[0]);
    ticks.replaceChildren(...inside.map(([at, text]) => {
      const tick = make("span", { class: "tick" }, make("span", {}, text, make("span", { class: "spoken" }, ` ${short(at)},`)));
      tick.style.left = `${(100 * scale.step(at)) / count}%`;
      return tick;
    }));
    stagger(ticks);
  };
  new ResizeObserver(() => stagger(ticks)).observe(range);
  return { element, show };
}

/** Puts each tick's text on the first row where it doesn't run into its neighbour. */
function stagger(ticks) {
  const ends = []; // of the rows
  for (const tick of ticks.children) {
    const { left, right } = tick.firstChild.getBoundingClientRect();
    const row = [...ends, -Infinity].findIndex((end) => end + 6 <= left);
    ends[row] = right;
    tick.style.setProperty("--on", row);
  }
  ticks.style.setProperty("--rows", ends.length);
}

function choice({ label, options }, send) {
  const select = make("select", { id: newId() }, ...options.map(([word, text]) => make("option", { value: word }, text)));
  select.addEventListener("change", () => send(select.value));
  return {
    element: make("div", { class: "control" }, make("label", { for: select.id }, label), select),
    show: (value) => { select.value = value; },
  };
}

function toggle({ label }, send) {
  const box = make("input", { type: "checkbox", id: newId() });
  box.addEventListener("change", () => send(box.checked));
  return {
    element: make("div", { class: "control" }, make("label", { for: box.id }, label), box),
    show: (value) => { box.checked = value; },
  };
}

function point({ label, fields, ends }, send) {
  let shown;
  const free = [0, 1].filter((i) => ends[i][0] < ends[i][1]); // a mark may move along a line alone
  const numbers = free.map((i) => {
    const field = fields[i];
    const step = (ends[i][1] - ends[i][0]) / 100;
    const put = (value) => send(shown.map((other, j) => (i === j ? value : other)));
    return numberField(field, { min: ends[i][0], max: ends[i][1] }, put, (steps) => {
      const [low, high] = ends[i];
      put(Number(Math.min(Math.max(shown[i] + steps * step, low), high).toPrecision(6)));
    });
  });
  return {
    element: make("div", { class: "control", role: "group", "aria-label": label },
      make("span", { class: "name" }, label),
      make("span", { class: "pair" },
        ...free.flatMap((i, n) => [make("i", { "aria-hidden": true }, "↔↕"[i]), numbers[n].element]))),
    show: (value) => {
      shown = value;
      free.forEach((i, n) => numbers[n].show(value[i]));
    },
  };
}

/** A native number field. What it sends may lie outside the range: Python takes the nearest value and says so. */
function numberField(name, limits, send, move) {
  const element = make("input", { type: "number", step: "any", "aria-label": name, ...limits });
  let current = 0;
  let typing = false;
  const show = (value) => {
    current = value;
    if (!typing) element.value = short(value);
  };
  element.addEventListener("input", () => { typing = true; });
  element.addEventListener("blur", () => { typing = false; show(current); });
  element.addEventListener("change", () => {
    typing = false;
    if (element.value === "") show(current);
    else send(element.valueAsNumber);
  });
  element.addEventListener("keydown", (event) => {
    const steps = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!steps) return;
    event.preventDefault(); // the browser would add 1, whatever the range
    typing = false;
    move(steps);
  });
  return { element, show };
}

// ---- The prediction ----

/** Asks first and then shows the answer beside the truth; "_shown.prediction" says which of the two. */
class Question {
  constructor({ question, answer, words }, outbox) {
    const kind = answer.kind === "Choice" ? options : INPUTS[answer.kind];
    this.input = kind(answer, (value) => outbox.put("values", answer.name, value));
    this.held = () => outbox.holds(answer.name);
    this.commit = make("button", { type: "button", class: "commit" }, words.commit);
    this.verdict = make("p", {});
    const again = make("button", { type: "button" }, words.again);
    this.commit.addEventListener("click", () => outbox.act("commit"));
    again.addEventListener("click", () => outbox.act("again"));
    this.asks = make("div", { class: "asks" }, make("p", {}, make("strong", {}, words.predict), " ", question),
      this.input.element, this.commit);
    this.told = make("div", { class: "told" }, this.verdict, again);
    this.element = make("div", { class: "prediction" }, this.asks, this.told);
  }

  /** Whether it has opened or closed since it was last shown. */
  show({ open, ready, value, verdict }) {
    const turned = this.open === !open;
    this.open = open;
    this.asks.hidden = open;
    this.told.hidden = !open;
    this.commit.disabled = !ready;
    this.verdict.textContent = verdict;
    if (!this.held()) this.input.show(value, []);
    return turned;
  }
}

function options({ label, options }, send) {
  const name = newId();
  const buttons = options.map(([word]) => make("input", { type: "radio", name, value: word }));
  buttons.forEach((button) => button.addEventListener("change", () => send(button.value)));
  return {
    element: make("div", { class: "options", role: "radiogroup", "aria-label": label },
      ...buttons.map((button, i) => make("label", {}, button, options[i][1]))),
    show: (value) => buttons.forEach((button) => { button.checked = button.value === value; }),
  };
}

// ---- The picture ----

/** The picture, its pressable areas, and a handle for each point: what a pointer can drag, arrow keys can move. */
class Picture {
  constructor(controls, words, outbox) {
    this.outbox = outbox;
    this.image = make("img", { draggable: false });
    this.handles = new Map();
    this.areas = new Map(); // by the axes' label
    for (const { name, label, axes, ends } of controls.filter(({ kind }) => kind === "Point")) {
      const handle = make("div", { class: "handle", role: "slider", tabindex: 0, "aria-label": label,
        "aria-roledescription": words.handle, "aria-valuemin": ends[0][0], "aria-valuemax": ends[0][1] });
      handle.addEventListener("keydown", (event) => this.key(event, name));
      this.handles.set(name, { element: handle, axes, place: [0, 0] });
      if (!this.areas.has(axes)) this.areas.set(axes, this.area(axes));
    }
    this.element = make("div", { class: "picture" }, this.image, ...this.areas.values(),
      ...[...this.handles.values()].map(({ element }) => element));
  }

  area(axes) {
    const area = make("div", { class: "area" });
    let dragged = null;
    const drag = (event) => {
      const { left, top, width, height } = this.image.getBoundingClientRect();
      this.move(dragged, [(event.clientX - left) / width, (event.clientY - top) / height]);
    };
    area.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.preventDefault(); // no selection of text, and the focus goes to the handle
      area.setPointerCapture(event.pointerId);
      dragged = this.nearest(axes, event);
      this.handles.get(dragged).element.focus({ preventScroll: true });
      drag(event);
    });
    area.addEventListener("pointermove", (event) => dragged && drag(event));
    for (const end of ["pointerup", "pointercancel"]) area.addEventListener(end, () => { dragged = null; });
    return area;
  }

  nearest(axes, { clientX, clientY }) {
    const distance = ([, { element }]) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      return Math.hypot(clientX - x - width / 2, clientY - y - height / 2);
    };
    const candidates = [...this.handles].filter(([, handle]) => handle.axes === axes && !handle.element.hidden);
    return candidates.reduce((a, b) => (distance(a) <= distance(b) ? a : b))[0];
  }

  key(event, name) {
    const direction = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!direction) return;
    event.preventDefault();
    const { place, box } = this.handles.get(name);
    const share = event.shiftKey ? 0.1 : 0.01; // of the axes' width and height
    this.move(name, place.map((at, i) => at + direction[i] * share * (box[1][i] - box[0][i])));
  }

  /** Moves the handle at once; the picture follows when Python has drawn it. */
  move(name, place) {
    const handle = this.handles.get(name);
    handle.place = place.map((at, i) => Math.min(Math.max(at, handle.box[0][i]), handle.box[1][i]));
    put(handle.element, handle.place);
    this.outbox.put("places", name, handle.place);
  }

  show({ picture, size, points, busy }, description) {
    this.element.setAttribute("aria-busy", busy);
    this.image.alt = description;
    [this.image.width, this.image.height] = size;
    this.element.style.maxWidth = `${size[0]}px`;
    if (picture?.byteLength) this.swap(URL.createObjectURL(new Blob([picture], { type: "image/png" })));
    for (const [name, { element }] of this.handles) element.hidden = !(name in points);
    for (const [label, area] of this.areas) {
      area.hidden = ![...this.handles.values()].some(({ axes, element }) => axes === label && !element.hidden);
    }
    for (const [name, { box, place, across, text }] of Object.entries(points)) {
      const handle = this.handles.get(name);
      handle.element.setAttribute("aria-valuenow", across);
      handle.element.setAttribute("aria-valuetext", text);
      const area = this.areas.get(handle.axes);
      handle.box = box;
      put(area, box[0]);
      Object.assign(area.style, { width: percent(box[1][0] - box[0][0]), height: percent(box[1][1] - box[0][1]) });
      if (this.outbox.holds(name)) continue;
      handle.place = place;
      put(handle.element, place);
    }
  }

  /** Decodes before it swaps, so that the picture never flickers. */
  async swap(url) {
    this.newest = url;
    const ready = new Image();
    ready.src = url;
    await ready.decode().catch(() => {});
    if (this.newest === url) {
      URL.revokeObjectURL(this.url);
      this.image.src = this.url = url;
    } else URL.revokeObjectURL(url);
  }

  stop() {
    URL.revokeObjectURL(this.url);
  }
}

// ---- Small things ----

function tick(text, reached, words) {
  const word = reached ? words.reached : words.open;
  return [make("span", { class: reached ? "reached" : "open", "aria-hidden": true }, reached ? "✓" : "○"),
    text, make("span", { class: "word" }, word)];
}

function report(error, words) {
  if (!error) return [];
  const [message, trace] = error;
  return [make("p", {}, make("strong", {}, message)), make("p", {}, words.trouble),
    make("details", {}, make("summary", {}, words.details), make("pre", {}, trace))];
}

/** Tells the theme and the density of pixels, now and when they change. */
function watchLook(tell, el) {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let last;
  const look = () => {
    const { jpThemeLight, vscodeThemeKind } = document.body.dataset; // JupyterLab and VS Code know better than the system
    const isDark = jpThemeLight ? jpThemeLight === "false" : (vscodeThemeKind?.includes("dark") ?? dark.matches);
    const now = { theme: isDark ? "dark" : "light", pixel_ratio: Math.min(Math.max(devicePixelRatio, 1), 2) };
    el.firstElementChild.dataset.theme = now.theme;
    if (JSON.stringify(now) !== last) tell(now);
    last = JSON.stringify(now);
  };
  const observer = new MutationObserver(look);
  observer.observe(document.body, { attributeFilter: ["data-jp-theme-light", "data-vscode-theme-kind"] });
  dark.addEventListener("change", look);
  window.addEventListener("resize", look); // a zoom changes the density
  look();
  return () => {
    observer.disconnect();
    dark.removeEventListener("change", look);
    window.removeEventListener("resize", look);
  };
}

const newId = () => `nnlearn-${crypto.getRandomValues(new Uint32Array(1))[0]}`;
const short = (value) => String(Number(value.toPrecision(4)));
const percent = (share) => `${100 * share}%`;

function put(element, [across, down]) {
  Object.assign(element.style, { left: percent(across), top: percent(down) });
}

function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== ""));
  return element;
}
