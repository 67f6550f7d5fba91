/**
 * A number field. What it sends may lie outside the range: Python takes the nearest value and says so.
 *
 * It is a text field, as a browser's own number field drops the decimal comma and reads 1,5 as 15.
 */
function numberField(name, { min, max }, send, move, remark, words) {
  const element = make("input", { type: "text", inputmode: "decimal", autocomplete: "off", spellcheck: false,
    role: "spinbutton", "aria-label": name, "aria-valuemin": decimal(min), "aria-valuemax": decimal(max) });
  let current = 0;
  let typing = false;
  const show = (value) => {
    current = value;
    element.setAttribute("aria-valuenow", decimal(value));
    if (!typing && element.value !== short(value)) element.value = short(value);
  };
  const take = () => {
    if (!typing) return;
    typing = false;
    const typed = element.value.trim();
    const value = parsed(typed);
    if (Number.isFinite(value)) send(value);
    else {
      show(current);
      remark(typed && words.unreadable.replace("{typed}", typed));
    }
  };
  element.addEventListener("input", () => { typing = true; });
  element.addEventListener("change", take);
  element.addEventListener("blur", () => { typing = false; show(current); });
  element.addEventListener("keydown", (event) => {
    if (event.key === "Enter") take(); // also where the same text is entered again
    const steps = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
    if (!steps) return;
    event.preventDefault();
    typing = false;
    move(steps);
  });
  return { element, show };
}

/** The number that a text means, with a decimal point or comma, in digits of any width; NaN if it is none. */
function parsed(text) {
  const plain = text.normalize("NFKC").replace("−", "-").replace(",", ".");
  return plain === "" ? NaN : Number(plain);
}
