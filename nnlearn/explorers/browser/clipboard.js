/** Copies a text; resolves to the name of the word that says what has become of it. */
async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch { // no permission, or a page that came over plain http: the old way
    const field = make("textarea", { "aria-hidden": true, style: "position: fixed; opacity: 0" });
    const before = document.activeElement;
    field.value = text;
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    before?.focus({ preventScroll: true });
    if (!done) return "not_copied";
  }
  return "copied";
}

/** Copies a picture; where the browser doesn't allow it, the picture is saved as a file. */
async function copyPicture(url) {
  const blob = await (await fetch(url)).blob();
  try {
    await navigator.clipboard.write([new ClipboardItem({ [blob.type]: blob })]);
    return "copied";
  } catch {
    make("a", { href: url, download: "explorer.png" }).click();
    return "saved";
  }
}
