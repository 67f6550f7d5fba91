const PATIENCE = 5000; // ms after which an answer counts as lost and the next message goes without it
const SILENCE = [400, 10_000]; // ms without an answer after which the card says so, and says more

/**
 * Messages to Python. Two may be under way, so that Python never waits for the page: the second leaves when the first
 * is about half-way. A third never does; meanwhile the newest values wait together. A slow kernel is never queued up.
 *
 * Each view of an explorer has a name of its own, which is part of the numbers that Python answers with: an answer to
 * one view is none to another.
 *
 * A message repeats those "before" it that have no answer yet: Jupyter may deliver the later of two first, or lose one.
 */
class Outbox {
  constructor({ send, told, silent, lost }) {
    Object.assign(this, { send, told, silent, lost, closed: false });
    Object.assign(this, { view: newId(), serial: 0, waiting: {}, underWay: [] });
    this.usual = 50; // ms that an answer takes, until the first is there
    this.timers = [];
  }

  /** kind: "values" (as typed or slid) or "places" (of a press, in shares of the picture's width and height) */
  put(kind, name, value) {
    this.waiting[kind] = { ...this.waiting[kind], [name]: value };
    this.told(name);
    this.flush();
  }

  look(look) {
    this.waiting.look = look;
    this.flush();
  }

  reset() {
    this.waiting = { ...this.waiting, reset: true, values: {}, places: {} };
    this.told();
    this.flush();
  }

  /** deed: "commit" to a prediction, or ask for it "again" */
  act(deed) {
    this.waiting[deed] = true;
    this.flush();
  }

  /** Whether Python has yet to answer to the newest value of a control: until then the hand knows better. */
  holds(name) {
    const unanswered = [this.waiting, ...this.underWay.filter(isAwaited).map(({ message }) => message)];
    return unanswered.some(({ values, places }) => name in { ...values, ...places });
  }

  /** Takes Python's answer: the view and the number of the last message that it has dealt with. */
  answered([view, serial]) {
    if (view === this.view) {
      const answer = this.underWay.find((each) => each.serial === serial);
      if (answer) this.usual = Math.min(performance.now() - answer.at, SILENCE[0]);
      this.underWay = this.underWay.filter((each) => each.serial > serial);
      this.listen(this.underWay.length > 0);
    }
    this.flush();
  }

  flush() {
    clearTimeout(this.later);
    if (this.closed || !Object.keys(this.waiting).length) return;
    const awaited = this.underWay.filter(isAwaited);
    if (awaited.length > 1) return; // the next answer brings the next turn
    const early = awaited.length ? awaited[0].at + this.usual / 2 - performance.now() : 0;
    if (early > 0) this.later = setTimeout(() => this.flush(), early);
    else this.post();
  }

  post() {
    const { view, waiting: message } = this;
    const serial = ++this.serial;
    const before = this.underWay.map((each) => ({ serial: each.serial, ...each.message }));
    this.underWay = [...this.underWay, { serial, message, at: performance.now() }];
    this.waiting = {};
    if (!this.timers.length) this.listen(true);
    try {
      this.send({ view, serial, before, ...message });
    } catch { // Jupyter has taken the way to Python down: its kernel was restarted
      this.close();
      this.lost();
    }
  }

  /** Tells from now on how long there is no answer to what is under way: 0, 1 or 2, as in SILENCE. */
  listen(awaiting) {
    this.timers.forEach(clearTimeout);
    this.timers = awaiting ? SILENCE.map((ms, i) => setTimeout(() => this.silent(i + 1), ms)) : [];
    this.silent(0);
  }

  /** Nobody is there to answer any more. */
  close() {
    this.closed = true;
    clearTimeout(this.later);
    this.timers.forEach(clearTimeout);
    Object.assign(this, { waiting: {}, underWay: [], timers: [] });
  }
}

const isAwaited = ({ at }) => performance.now() - at < PATIENCE;
