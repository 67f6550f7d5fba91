/** Each kind of control by the name of its class in Python: makes { element, show(value, marks) }. */
const INPUTS = { Linear: slider, Whole: slider, Log: slider, Choice: choice, Switch: toggle, Point: point, Window: zoom };
