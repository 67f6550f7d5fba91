"""What an explorer sends to the browser, without a browser."""

import re

from nnlearn.explorers import Explorer, browser
from nnlearn.explorers.mathml import explanation_table
from nnlearn.objectives import Quadratic
from nnlearn.optimizers import Momentum
from nnlearn.trace import run


def test_every_file_is_sent_to_the_page():
    files = {file.name for file in browser.HERE.iterdir() if file.suffix in (".js", ".css")}
    assert files == {*browser.SCRIPTS, *browser.STYLES}
    for name in browser.SCRIPTS:
        assert (browser.HERE / name).read_text(encoding="utf-8") in Explorer._esm
    for name in browser.STYLES:
        assert (browser.HERE / name).read_text(encoding="utf-8") in Explorer._css


def test_every_header_of_the_equations_has_a_text():
    step = run(Momentum(0.1), Quadratic(10), [1.0, 2.0], 3).explain(2)
    headers = re.findall(r"<th[^>]*>(.*?)</th>", explanation_table(step))
    texts = [re.sub("<[^>]*>", "", header) for header in headers]
    assert texts[0] == "equation" and len(texts) == 6 and all(texts)
    assert "<td></td>" not in explanation_table(step)
