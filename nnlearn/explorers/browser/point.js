function point({ label, fields, ends }, send, remark, words) {
  let shown;
  const free = [0, 1].filter((i) => ends[i][0] < ends[i][1]); // a mark may move along a line alone
  const numbers = free.map((i) => {
    const field = fields[i];
    const [low, high] = ends[i];
    const put = (value) => {
      shown = shown.map((other, j) => (i === j ? value : other)); // the other may come before Python answers
      send(shown);
    };
    const move = (steps) => {
      const value = shown[i] + (steps * (high - low)) / 100;
      put(Number(Math.min(Math.max(value, low), high).toPrecision(6)));
    };
    return numberField(field, { min: low, max: high }, put, move, remark, words);
  });
  const arrow = (i) => make("i", { "aria-hidden": true }, "↔↕"[i]);
  const axis = (i, n) => make("span", { class: "axis" }, arrow(i), numbers[n].element);
  return {
    element: make("div", { class: "control", role: "group", "aria-label": label },
      make("span", { class: "name" }, label),
      make("span", { class: "pair" }, ...free.map(axis))),
    show: (value) => {
      shown = value;
      free.forEach((i, n) => numbers[n].show(value[i]));
    },
  };
}
