const PATIENCE = 5000; // ms after which an answer counts as lost and the next message goes without it

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
