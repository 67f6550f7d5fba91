// What keys do to a handle, as to a slider: hundredths of the axes to the right and down (ten times that with Shift).
const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
  PageUp: [0, -10], PageDown: [0, 10], Home: [-100, 0], End: [100, 0] };

/** The picture, its pressable areas, and a handle for each point: what a pointer can drag, arrow keys can move. */
class Picture {
  constructor(controls, words, outbox) {
    this.outbox = outbox;
    this.image = make("img", { draggable: false, decoding: "sync" });
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
    if (event.key === " ") event.preventDefault(); // it would scroll the page
    const direction = DIRECTIONS[event.key];
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

  show({ picture, drawn, size, points, busy }, description) {
    this.element.setAttribute("aria-busy", busy);
    if (this.image.alt !== description) this.image.alt = description;
    if (String(size) !== this.size) this.fit(size);
    if (picture?.byteLength && drawn !== this.drawn) this.swap(picture);
    this.drawn = drawn;
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

  fit([width, height]) {
    this.size = String([width, height]);
    Object.assign(this.image, { width, height });
    this.element.style.maxWidth = `${width}px`;
    this.element.style.setProperty("--aspect", width / height);
  }

  /** The browser shows the last picture until the new one is decoded, and both in one piece: nothing flickers. */
  swap(picture) {
    const last = this.image.src;
    this.image.src = URL.createObjectURL(new Blob([picture], { type: "image/png" }));
    if (last) this.image.addEventListener("load", () => URL.revokeObjectURL(last), { once: true });
  }

  stop() {
    URL.revokeObjectURL(this.image.src);
  }
}
