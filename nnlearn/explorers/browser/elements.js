const newId = () => `nnlearn-${crypto.getRandomValues(new Uint32Array(1))[0]}`;
const short = (value) => String(Number(value.toPrecision(4)));

/** A number as accessibility needs it: without an exponent. */
const decimal = (value) => value.toLocaleString("en", { useGrouping: false, maximumSignificantDigits: 17 });
const percent = (share) => `${100 * share}%`;

/** Only where the text is another: each writing costs the page a new layout. */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function put(element, [across, down]) {
  Object.assign(element.style, { left: percent(across), top: percent(down) });
}

function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== ""));
  return element;
}
