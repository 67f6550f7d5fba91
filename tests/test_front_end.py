"""What an explorer sends to the browser, without a browser."""

from nnlearn.explorers import Explorer, browser


def test_every_file_is_sent_to_the_page():
    files = {file.name for file in browser.HERE.iterdir() if file.suffix in (".js", ".css")}
    assert files == {*browser.SCRIPTS, *browser.STYLES}
    for name in browser.SCRIPTS:
        assert (browser.HERE / name).read_text(encoding="utf-8") in Explorer._esm
    for name in browser.STYLES:
        assert (browser.HERE / name).read_text(encoding="utf-8") in Explorer._css
