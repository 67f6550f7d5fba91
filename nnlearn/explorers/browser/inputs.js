/** Each kind of control, by the name of its class in Python. */
const INPUTS = { Linear: slider, Whole: slider, Log: slider, Choice: choice, Switch: toggle, Point: point, Window: zoom };

/** The control on the page: { element, show(value, marks) }. remark shows a text about what was typed. */
function makeInput(control, outbox, remark, words) {
  const act = (deed) => outbox.act(deed);
  return INPUTS[control.kind](control, (value) => outbox.put("values", control.name, value), remark, words, act);
}
