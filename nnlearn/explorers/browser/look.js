/** Tells the theme and the density of pixels, now and when they change. */
function watchLook(tell, el) {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let last;
  const look = () => {
    const { jpThemeLight, vscodeThemeKind } = document.body.dataset; // JupyterLab and VS Code know better than the system
    const isDark = jpThemeLight ? jpThemeLight === "false" : (vscodeThemeKind?.includes("dark") ?? dark.matches);
    const now = { theme: isDark ? "dark" : "light", pixel_ratio: Math.min(Math.max(devicePixelRatio, 1), 2) };
    el.firstElementChild.dataset.theme = now.theme;
    if (JSON.stringify(now) !== last) tell(now);
    last = JSON.stringify(now);
  };
  const observer = new MutationObserver(look);
  observer.observe(document.body, { attributeFilter: ["data-jp-theme-light", "data-vscode-theme-kind"] });
  dark.addEventListener("change", look);
  window.addEventListener("resize", look); // a zoom changes the density
  look();
  return () => {
    observer.disconnect();
    dark.removeEventListener("change", look);
    window.removeEventListener("resize", look);
  };
}
