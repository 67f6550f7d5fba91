/** Says beside the pointer which point of the data lies under it. Handles say their own to a keyboard. */
class Readout {
  panels = [];

  constructor(picture) {
    this.picture = picture.element;
    this.element = make("span", { class: "readout", "aria-hidden": true });
    this.element.hidden = true;
    this.picture.append(this.element);
    this.picture.addEventListener("pointermove", (event) => this.show(event));
    this.picture.addEventListener("pointerleave", () => { this.element.hidden = true; });
  }

  show({ clientX, clientY }) {
    const { left, top, width, height } = this.picture.getBoundingClientRect();
    const place = [(clientX - left) / width, (clientY - top) / height];
    const panel = this.panels.find(({ box }) => place.every((at, i) => at >= box[0][i] && at <= box[1][i]));
    this.element.hidden = !panel;
    if (!panel) return;
    const pixels = [width, height].map((side, i) => side * (panel.box[1][i] - panel.box[0][i]));
    const shares = [0, 1].map((i) => (place[i] - panel.box[0][i]) / (panel.box[1][i] - panel.box[0][i]));
    shares[1] = 1 - shares[1]; // the data's second axis goes up
    this.element.textContent = `(${shares.map((share, i) => valueAt(share, panel.ends[i], panel.log[i], pixels[i])).join(", ")})`;
    put(this.element, place);
    this.element.dataset.side = `${place[1] < 0.15 ? "below" : "above"} ${place[0] > 0.75 ? "left" : "right"}`;
  }
}

/** The value at a share of an axis, with no more digits than a pixel can tell apart. */
function valueAt(share, [low, high], log, pixels) {
  if (log) return (low * (high / low) ** share).toPrecision(2);
  const digits = Math.ceil(-Math.log10(Math.abs(high - low) / pixels));
  return (low + share * (high - low)).toFixed(Math.min(Math.max(digits, 0), 15));
}
