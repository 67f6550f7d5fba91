/** From an event on a slider to the first and the last new picture: [ms, ms]; an error if none comes. */
window.watch = (() => {
  const LOST = 20_000; // ms
  const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

  /** After the next frame: what was to be painted has been. */
  const painted = () => new Promise((resolve) => {
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = resolve;
      channel.port2.postMessage(0);
    });
  });

  async function move(root, act, settled) {
    await pause(30 + 40 * Math.random()); // at no fixed place between two frames
    return new Promise((resolve, reject) => {
      const source = () => root.querySelector("img")?.src;
      const times = [];
      let shown = source(), over = setTimeout(() => finish(reject, new Error("no new picture")), LOST);
      const finish = (how, what) => { observer.disconnect(); how(what); };
      const observer = new MutationObserver(async () => {
        if (!source() || source() === shown) return;
        shown = source();
        await root.querySelector("img").decode().catch(() => {}); // replaced meanwhile: the next one counts
        await painted();
        times.push(performance.now() - began);
        clearTimeout(over);
        over = setTimeout(() => finish(resolve, [times[0], times.at(-1)]), settled);
      });
      observer.observe(root, { attributes: true, attributeFilter: ["src"], childList: true, subtree: true });
      const began = performance.now();
      act();
    });
  }

  return {
    explorer: (card, slider, position, settled) => move(card, () => {
      slider.value = position;
      slider.dispatchEvent(new Event("input", { bubbles: true }));
    }, settled),
    interact: (cell, handle, key, settled) => {
      handle.focus();
      const keyCode = { ArrowLeft: 37, ArrowRight: 39 }[key];
      return move(cell, () => handle.dispatchEvent(
        new KeyboardEvent("keydown", { key, keyCode, bubbles: true, cancelable: true })), settled);
    },
  };
})();
