/** The buttons that show a smaller or a larger part of a map. */
function zoom({ label, words }, send, remark, pageWords, act) {
  const closer = make("button", { type: "button", "aria-label": words.zoom_in, title: `${words.zoom_in} (+)` }, "+");
  const wider = make("button", { type: "button", "aria-label": words.zoom_out, title: `${words.zoom_out} (-)` }, "−");
  closer.addEventListener("click", () => act("zoom_in"));
  wider.addEventListener("click", () => act("zoom_out"));
  return {
    element: make("div", { class: "control", role: "group", "aria-label": label },
      make("span", { class: "name" }, label), make("span", { class: "pair" }, closer, wider)),
    show: (value) => { wider.disabled = !value.length; },
  };
}
