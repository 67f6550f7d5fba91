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
