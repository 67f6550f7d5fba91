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
