const [NARROW, WIDE, STEP] = [240, 940, 20]; // CSS pixels: the widths for which a picture is drawn
const CALM = 150; // ms without another width
const DENSEST = 3; // pixels of a picture to a CSS pixel, on a screen that it fills

/** Tells the theme, the density of pixels and the width of the picture's stage, now and when they change. */
function watchLook(tell, el, stage) {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let last;
  const look = () => {
    const { jpThemeLight, vscodeThemeKind } = document.body.dataset; // JupyterLab and VS Code know better than the system
    const isDark = jpThemeLight ? jpThemeLight === "false" : (vscodeThemeKind?.includes("dark") ?? dark.matches);
    const room = stage.clientWidth || WIDE;
    const width = Math.min(Math.max(STEP * Math.floor(room / STEP), NARROW), WIDE);
    const enlarged = document.fullscreenElement ? Math.max(room / width, 1) : 1;
    const pixel_ratio = Math.min(Math.min(Math.max(devicePixelRatio, 1), 2) * enlarged, DENSEST);
    const now = { theme: isDark ? "dark" : "light", pixel_ratio, width };
    el.firstElementChild.dataset.theme = now.theme;
    if (JSON.stringify(now) !== last) tell(now);
    last = JSON.stringify(now);
  };
  const observer = new MutationObserver(look);
  observer.observe(document.body, { attributeFilter: ["data-jp-theme-light", "data-vscode-theme-kind"] });
  dark.addEventListener("change", look);
  window.addEventListener("resize", look); // a zoom changes the density
  let resized;
  const rooms = new ResizeObserver(() => { // a window is drawn wider in many steps: the last one counts
    clearTimeout(resized);
    resized = setTimeout(look, CALM);
  });
  rooms.observe(stage);
  look();
  return () => {
    observer.disconnect();
    rooms.disconnect();
    clearTimeout(resized);
    dark.removeEventListener("change", look);
    window.removeEventListener("resize", look);
  };
}
