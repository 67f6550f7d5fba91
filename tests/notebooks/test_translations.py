"""Translated notebooks are the English ones in all but their text, and tools.translations keeps them so."""

from types import SimpleNamespace

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tools import translations
from tools.catalogue import LANGUAGES
from tools.environment import ROOT
from tools.notebooks import of_course
from tools.translations import (
    KINDS,
    Translation,
    aim,
    chosen,
    is_stored,
    made,
    markdown_cells,
    messages,
    opened,
    problems,
    relative_links,
    relinked,
    untranslated,
    update,
    written,
)

# --- The course's own ---

BEGUN = [translation for language in LANGUAGES for translation in chosen([], language, ROOT)]
MADE = [translation for translation in BEGUN if translation.notebook.exists()]
EVERY = [path for kind in (*KINDS, "exercises") for path in of_course(kind)]


def each(translations):
    return pytest.mark.parametrize("translation", translations, ids=str)


def catalogue_of(translation):
    return opened(translation.catalogue, translation.language, "")


def read(path):
    return nbformat.read(path, as_version=4)


def test_each_catalogue_and_each_translated_notebook_has_its_english_notebook():
    assert set(ROOT.glob("translations/**/*.po")) == {translation.catalogue for translation in BEGUN}
    translated = {path for kind in KINDS for path in of_course(kind) if path.parent.name in LANGUAGES}
    assert translated == {translation.notebook for translation in MADE}


@each(BEGUN)
def test_the_catalogue_is_in_step_with_the_english_notebook(translation):
    catalogue = catalogue_of(translation)
    update(catalogue, read(translation.original))
    assert translation.catalogue.read_bytes() == written(catalogue), "run: python course.py zh"


@each(BEGUN)
def test_the_markup_is_that_of_the_original(translation):
    assert list(problems(catalogue_of(translation))) == []


@each(MADE)
def test_everything_is_translated(translation):
    assert untranslated(catalogue_of(translation)) == []


@each(MADE)
def test_the_stored_notebook_is_that_of_the_catalogue(translation):
    notebook = made(translation, catalogue_of(translation), lambda path: path.exists())
    assert is_stored(notebook, translation.notebook), "run: python course.py zh"


@each(MADE)
def test_only_text_differs(translation):
    english, translated = read(translation.original), read(translation.notebook)
    assert translated.metadata == english.metadata
    for one, other in zip(english.cells, translated.cells, strict=True):
        assert (one.id, one.cell_type, one.metadata) == (other.id, other.cell_type, other.metadata)
        assert one.cell_type == "markdown" or one.source == other.source


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_to_files(path):
    links = [link for cell in markdown_cells(read(path)) for link in relative_links(cell.source)]
    assert [link for link in links if not aim(link, path)[0].exists()] == []


# --- Catalogues, on a small notebook ---


def notebook_of(**texts):
    cells = [new_markdown_cell(text, id=name) for name, text in texts.items()]
    return new_notebook(cells=[*cells, new_code_cell("nn.run()", id="code")])


@pytest.fixture
def translator(tmp_path):
    """A person with a file: it is brought up to date with a notebook, and filled in."""

    def current():
        return opened(path, "zh", "# a purpose")

    def renew(**texts):
        catalogue = current()
        update(catalogue, notebook_of(**texts))
        path.write_bytes(written(catalogue))
        return untranslated(current())

    def translate(**texts):
        catalogue = current()
        for message in messages(catalogue):
            if message.context in texts:
                message.string = texts[message.context]
                message.flags.discard("fuzzy")
        path.write_bytes(written(catalogue))

    def comment(line):
        path.write_text(path.read_text("utf-8").replace("msgctxt", f"# {line}\nmsgctxt"), "utf-8")

    def texts():
        return {message.context: message.string for message in messages(current())}

    path = tmp_path / "05_a.po"

    def file():
        return path.read_text("utf-8")

    return SimpleNamespace(renew=renew, translate=translate, comment=comment, texts=texts, file=file)


def test_a_new_cell_is_to_be_translated(translator):
    assert translator.renew(title="One", why="Two") == ["title", "why"]
    translator.translate(title="一", why="二")
    assert translator.renew(title="One", between="New", why="Two") == ["between"]
    assert list(translator.texts().items()) == [("title", "一"), ("between", ""), ("why", "二")]


def test_a_cell_that_moved_keeps_its_translation(translator):
    translator.renew(title="One", why="Two")
    translator.translate(title="一", why="二")
    assert translator.renew(why="Two", title="One") == []
    assert list(translator.texts().items()) == [("why", "二"), ("title", "一")]


def test_a_changed_cell_is_to_be_translated_again_with_both_old_texts_at_hand(translator):
    translator.renew(title="One", why="Two")
    translator.translate(title="一", why="二")
    for _ in range(2):  # the second time from what the first wrote
        assert translator.renew(title="One", why="Two and a half") == ["why (changed)"]
        assert '#, fuzzy\nmsgctxt "why"\nmsgid "Two and a half"\nmsgstr "二"' in translator.file()
        assert '#~ msgctxt "why"\n#~ msgid "Two"\n#~ msgstr "二"' in translator.file()
    assert translator.renew(title="One", why="Three") == ["why (changed)"]
    assert '#~ msgid "Two"' in translator.file()
    translator.translate(why="三")
    assert translator.renew(title="One", why="Three") == []
    assert "#~" not in translator.file()


def test_a_change_that_is_taken_back_brings_the_translation_back(translator):
    translator.renew(title="One")
    translator.translate(title="一")
    translator.renew(title="Two")
    assert translator.renew(title="One") == []
    assert translator.texts() == {"title": "一"}


def test_a_translators_comment_is_kept(translator):
    translator.renew(title="One")
    translator.translate(title="一")
    translator.comment("other markup: a reason")
    translator.renew(title="One and a half")
    assert "# other markup: a reason\n#, fuzzy\n" in translator.file()


def test_what_was_not_translated_is_not_marked_as_changed(translator):
    translator.renew(title="One")
    assert translator.renew(title="Two") == ["title"]
    assert "#~" not in translator.file()


def test_a_cell_that_is_gone_leaves_the_catalogue_when_all_is_translated(translator):
    translator.renew(title="One", why="Two")
    translator.translate(why="二")
    assert translator.renew(title="One") == ["title"]
    assert '#~ msgid "Two"' in translator.file()
    translator.translate(title="一")
    assert translator.renew(title="One") == []
    assert "#~" not in translator.file()


def test_an_empty_cell_needs_no_translation(translator):
    assert translator.renew(title="One", empty="", blank=" \n") == ["title"]


@pytest.mark.parametrize("text", ["50 % off, {x}", "$\\frac{1}{2}$ 41% done"])
def test_formulas_are_not_taken_for_formats(translator, text):
    translator.renew(title=text)
    assert "format" not in translator.file()


@given(st.text(st.sampled_from('ab 中：\u2028\r\n\t\\"#~,|%{}$nrt')).filter(str.strip))
def test_texts_are_kept_to_the_letter(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "letters.po"
    catalogue = opened(path.with_suffix(".none"), "zh", "")
    update(catalogue, notebook_of(title=text))
    messages(catalogue)[0].string = text
    path.write_bytes(written(catalogue))
    (message,) = messages(opened(path, "zh", ""))
    assert (message.id, message.string, message.context) == (text, text, "title")


# --- What translators get wrong ---

ENGLISH = "## Why\n\nRun `nn.run` with $\\eta$; see [this](../a.md) and <b>that</b>.\n\n$$x = 1$$\n\n```\ncode\n```"
CHINESE = ENGLISH.replace("Why", "为什么").replace("Run", "运行").replace("; see", "；见")
SLIPS = {
    "none": (CHINESE, ""),
    "code": (CHINESE.replace("nn.run", "nn.runs"), "lacks [`nn.run`], adds [`nn.runs`]"),
    "formula": (CHINESE.replace("\\eta", "\\theta"), "lacks [$\\eta$], adds [$\\theta$]"),
    "one backslash in the file": (CHINESE.replace("$\\eta$", "$\theta$"), "lacks [$\\eta$], adds [$\theta$]"),
    "displayed formula": (CHINESE.replace("$$x = 1$$", "x = 1"), "lacks [$$x = 1$$], adds []"),
    "twice": (CHINESE + "$\\eta$", "lacks [], adds [$\\eta$]"),
    "link": (CHINESE.replace("../a.md", "../../a.md"), "lacks [../a.md], adds [../../a.md]"),
    "heading": (CHINESE.replace("## ", "### "), "lacks [##], adds [###]"),
    "tag": (CHINESE.replace("</b>", ""), "lacks [</b], adds []"),
    "fence": (CHINESE.replace("code", "代码"), "lacks [```\ncode\n```], adds [```\n代码\n```]"),
}


def problems_of(english, chinese, *comments):
    catalogue = opened(ROOT / "none", "zh", "")
    catalogue.add(english, chinese, context="cell", user_comments=comments)
    return list(problems(catalogue))


@pytest.mark.parametrize("chinese, slip", SLIPS.values(), ids=SLIPS)
def test_other_markup_is_seen(chinese, slip):
    expected = [f"cell: other markup than in English: {slip}"] if slip else []
    assert problems_of(ENGLISH, chinese) == expected


def test_other_markup_may_have_a_reason():
    assert problems_of("`a`", "甲", "a remark", "other markup: Chinese needs none here") == []
    assert len(problems_of("`a`", "甲", "a remark")) == 1


@pytest.mark.parametrize(
    "chinese, lost",
    [
        ("**预测：**在这里", ["**预测：**"]),
        ("在*（这里）*", ["*（这里）*"]),
        ("**$x$**是", ["**$**"]),
        ("**预测**：在这里", []),
        ("**预测：** 在这里", []),
        ("在**这里**，也在*那里*。", []),
        ("**预测：**\n在这里", []),
        ("`2**3：**4`，$a*b：*c$", []),
        ("* 一：\n* 二", []),
    ],
)
def test_bold_that_is_not_seen_is_found(chinese, lost):
    assert [problem.split(": ", 2)[2].split(";")[0] for problem in problems_of(chinese, chinese)] == lost


# --- From the catalogue to the notebook, in a small course ---


def save(path, *cells):
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=list(cells)), path)


TITLE = "# 05 One 一\n\nDo the [exercise](../exercises/05_one.ipynb), then [the next chapter](06_two.ipynb#why)."
GRADED = {"grade": False, "grade_id": "answer", "locked": False, "schema_version": 3, "solution": True, "task": False}
ANSWER = "def answer():\n    ### BEGIN SOLUTION\n    return 42\n    ### END SOLUTION"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course with one chapter and its solution in Chinese, another only in English."""
    root = tmp_path_factory.mktemp("course")
    speaks = new_code_cell("from nnlearn.language import language\nlanguage()", id="speaks")
    save(
        root / "notebooks/05_one.ipynb", new_markdown_cell(TITLE, id="title"), new_markdown_cell("", id="empty"), speaks
    )
    save(root / "notebooks/06_two.ipynb", new_markdown_cell("# 06 Two 二", id="title"))
    task = new_markdown_cell("## A task\n\nAs in [the chapter](../notebooks/05_one.ipynb).", id="task")
    save(root / "solutions/05_one.ipynb", task, new_code_cell(ANSWER, id="answer", metadata={"nbgrader": GRADED}))
    assert translations.main(["05"], root=root) == 0
    assert not list(root.glob("*/zh/*.ipynb"))
    fill(root, "notebooks", One="One 第一章", exercise="练习")
    assert translations.main([], root=root) == 0  # the solution is not translated yet
    (alone,) = root.glob("*/zh/*.ipynb")
    assert "[练习](../../exercises/05_one.ipynb)" in read(alone).cells[0].source
    fill(root, "solutions", task="题")
    assert translations.main([], root=root) == 0
    return root


def fill(root, kind, **words):
    translation = Translation(root / kind / "05_one.ipynb", "zh")
    catalogue = catalogue_of(translation)
    for message in messages(catalogue):
        message.string = message.id
        for english, chinese in words.items():
            message.string = message.string.replace(f"{english}]", f"{chinese}]").replace(f" {english}", f" {chinese}")
    translation.catalogue.write_bytes(written(catalogue))


def test_the_chapter_is_made_and_run_in_chinese(course):
    title, empty, speaks = read(course / "notebooks/zh/05_one.ipynb").cells
    assert "# 05 One 第一章 一" in title.source
    assert speaks.outputs[0].data["text/plain"] == "'zh'"


def test_links_lead_to_the_translation_if_there_is_one(course):
    title, *_ = read(course / "notebooks/zh/05_one.ipynb").cells
    assert "[练习](../../exercises/zh/05_one.ipynb)" in title.source
    assert "(../06_two.ipynb#why)" in title.source
    task, _ = read(course / "exercises/zh/05_one.ipynb").cells
    assert "(../../notebooks/zh/05_one.ipynb)" in task.source


def test_the_exercise_is_made_of_the_translated_solution(course):
    task, answer = read(course / "exercises/zh/05_one.ipynb").cells
    assert "## A 题" in task.source
    assert "42" not in answer.source and "YOUR CODE HERE" in answer.source
    assert "42" in read(course / "solutions/zh/05_one.ipynb").cells[1].source


def test_only_what_is_begun_is_renewed_and_only_what_changed_is_run(course, capsys):
    before = {path: path.read_bytes() for path in course.rglob("*.*")}
    assert translations.main([], root=course) == 0
    assert {path: path.read_bytes() for path in course.rglob("*.*")} == before
    told = capsys.readouterr().out
    assert "06_two" not in told and " s\n" not in told


def test_what_was_made_and_is_out_of_date_is_said_and_left(course, capsys):
    original = course / "notebooks/05_one.ipynb"
    before = original.read_bytes(), (course / "notebooks/zh/05_one.ipynb").read_bytes()
    original.write_bytes(before[0].replace(b"Do the", b"Now do the"))
    try:
        assert translations.main(["notebooks/05"], root=course) == 1
        told = capsys.readouterr().out
        assert "notebooks/zh/05_one.ipynb: to translate: title (changed)\n  It was made before" in told
        assert (course / "notebooks/zh/05_one.ipynb").read_bytes() == before[1]
    finally:
        original.write_bytes(before[0])
    assert translations.main([], root=course) == 0


def test_a_slip_is_said_and_counts(course, capsys):
    catalogue = course / "translations/zh/solutions/05_one.po"
    before = catalogue.read_bytes()
    catalogue.write_bytes(before.replace("## A 题".encode(), "# A 题".encode()))
    try:
        assert translations.main([], root=course) == 1
        assert "task: other markup than in English: lacks [##], adds [#]" in capsys.readouterr().out
    finally:
        catalogue.write_bytes(before)
    assert translations.main([], root=course) == 0


@pytest.mark.parametrize(
    "names, expected",
    [
        ([], ["notebooks/zh/05_one.ipynb", "solutions/zh/05_one.ipynb"]),
        (["two"], ["notebooks/zh/06_two.ipynb"]),
        (["05"], ["notebooks/zh/05_one.ipynb", "solutions/zh/05_one.ipynb"]),
        (["solutions/05_one.ipynb", "05"], ["solutions/zh/05_one.ipynb", "notebooks/zh/05_one.ipynb"]),
    ],
)
def test_names_are_parts_of_paths(course, names, expected):
    assert [str(translation) for translation in chosen(names, "zh", course)] == expected


def test_an_unknown_name_is_said(course):
    with pytest.raises(SystemExit, match="No notebook is called no-such-chapter"):
        translations.main(["no-such-chapter"], root=course)


@pytest.mark.parametrize(
    "written, moved",
    [
        ("[a](../exercises/05_a.ipynb)", "[a](../../exercises/zh/05_a.ipynb)"),
        ("[a](../exercises/06_b.ipynb)", "[a](../../exercises/06_b.ipynb)"),
        ("[a](04_c.ipynb), [b](06_b.ipynb#why)", "[a](04_c.ipynb), [b](../06_b.ipynb#why)"),
        ("[`a`](../README.md)", "[`a`](../../README.md)"),
        ("![a](../docs/a.png 'A')", "![a](../../docs/a.png 'A')"),
        ('<a href="../README.md"> <img src="../a.png">', '<a href="../../README.md"> <img src="../../a.png">'),
        ("[a](#why), [b](https://a.org/b), [c](mailto:a@b.org)", None),
        ("![a](attachment:a.png)", None),
        ("`a[i](j)`, $f[x](y)$\n```\n[a](b)\n```", None),
        ("[a] (b), (c)", None),
    ],
)
def test_relative_links_are_moved(written, moved, tmp_path):
    translated = {tmp_path / "exercises/zh/05_a.ipynb", tmp_path / "notebooks/zh/04_c.ipynb"}
    translation = Translation(tmp_path / "notebooks/05_a.ipynb", "zh")
    assert relinked(written, translation, translated.__contains__) == (moved or written)
