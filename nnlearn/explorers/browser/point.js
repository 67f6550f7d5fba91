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
