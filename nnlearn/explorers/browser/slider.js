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

function slider({ kind, label, field, low, high, count, unit }, send, remark, words) {
  const scale = (SCALES[kind] ?? SCALES.Linear)({ low, high, count });
  const clamp = (value) => Math.min(Math.max(value, low), high);
  const ids = { range: newId(), marks: newId() };
  const range = make("input", { type: "range", id: ids.range, min: 0, max: count, step: 1, "aria-describedby": ids.marks });
  const step = (steps) => move(range.valueAsNumber + steps);
  const number = numberField(field, { min: low, max: high }, send, step, remark, words);
  const ticks = make("div", { class: "ticks", id: ids.marks });

  const put = (value) => {
    range.value = scale.step(value);
    range.setAttribute("aria-valuetext", `${short(value)} ${unit}`.trim()); // else an exponent or a count is spoken
    number.show(value);
  };
  const move = (step) => {
    const value = clamp(Number(scale.value(step).toPrecision(12))); // 0.3, not 0.30000000000000004
    put(value);
    send(value);
  };
  range.addEventListener("input", () => move(range.valueAsNumber));
  range.addEventListener("keydown", (event) => event.key === " " && event.preventDefault()); // it would scroll the page

  const element = make("div", { class: "control slider" },
    make("label", { for: ids.range }, label),
    range,
    make("span", { class: "numbers" }, number.element, unit && make("span", { class: "unit" }, unit)),
    ticks);
  let drawn = "[]";
  const show = (value, marks) => {
    put(value);
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
