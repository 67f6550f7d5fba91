"""The chapters of the course, in their order: the map that chapter 00 shows."""

from dataclasses import dataclass

from nnlearn.language import language, listed, mark, say


@dataclass(frozen=True)
class Chapter:
    """One chapter; ``notebook`` is the name of its file, without one it is not written yet."""

    number: str
    title: str
    chinese: str
    minutes: int
    tracks: str  # those that it belongs to, by their first letters: E, O, S
    about: str
    notebook: str = ""


CHAPTERS = (
    Chapter("00", mark("Start here"), "从这里开始", 45, "E",
            mark("a first descent; how the course works"), "00_start_here"),
    Chapter("01", mark("Why optimise"), "为何优化", 60, "",
            mark("what training costs, and the levers against it")),
    Chapter("02", mark("Networks, losses and gradients"), "网络、损失与梯度", 90, "O",
            mark("why a sure mistake is slow to mend with the wrong loss, and what ten layers leave of a gradient"),
            "02_networks"),
    Chapter("03", mark("Gradient descent and the learning rate"), "梯度下降与学习率", 90, "EO",
            mark("why 0.1 and 1.9 are equally fast, what limits the rate, and why a falling loss proves nothing"),
            "03_gradient_descent"),
    Chapter("04", mark("Stochastic and mini-batch descent"), "随机与小批量梯度下降", 90, "O",
            mark("what a larger batch buys, where it meets the wall, and when a constant rate stops hovering"),
            "04_minibatches"),
    Chapter("05", mark("Momentum"), "动量", 60, "EO",
            mark("a larger safe rate, the best pair, and when momentum is only a larger rate"), "05_momentum"),
    Chapter("06", mark("Rates that adapt"), "自适应学习率", 90, "O",
            mark("why 45 degrees cost AdaGrad a hundredfold, where epsilon bites, and who wins on sparse features"),
            "06_adaptive"),
    Chapter("07", mark("Adam, its family, and choosing"), "Adam 家族与选择", 90, "O",
            mark("why a loss of 1e-139 can burst, what the correction hides, and a race with equal tuning budgets"),
            "07_adam"),
    Chapter("08", mark("Learning-rate schedules"), "学习率调度", 30, "O",
            mark("why to travel hot and cool late, what a capped peak changes, and which wall warm-up waits for"),
            "08_schedules"),
    Chapter("09", mark("Second order"), "二阶方法", 45, "O",
            mark("where Newton's method ends, from where it never arrives, and what each of its few steps costs"),
            "09_second_order"),
    Chapter("10", mark("When training fails"), "训练失败时", 60, "O",
            mark("why depth turns a factor into a power, what learns by heart, and which map shows only the digit"),
            "10_failing"),
    Chapter("11", mark("Cleaning data"), "数据清洗", 45, "S",
            mark("why a filter that saves a photograph unmakes digits, whose mean to subtract, and what may stand in a "
                 "gap"), "11_cleaning"),
    Chapter("12", mark("Augmenting data"), "数据增强", 60, "ES",
            mark("when turning and shifting pictures helps, and when it misleads"), "12_augmentation"),
    Chapter("13", mark("Compressing data"), "数据压缩", 45, "S",
            mark("why noise before rounding helps, what eight bytes keep of a digit, and why splitting saves nothing"),
            "13_compression"),
    Chapter("14", mark("Architecture and transfer"), "架构与迁移", 60, "S",
            mark("why 76% of the parameters are 5% of the arithmetic, and what an old network still knows"),
            "14_architecture"),
    Chapter("15", mark("Pruning"), "剪枝", 75, "S",
            mark("which weights can go and why those, exact zeros, and what a zero really saves"), "15_pruning"),
    Chapter("16", mark("Trimming: merge and remove"), "剪裁：合并与删除", 60, "S",
            mark("which layers can go, how many different weights a layer needs, and what can become one exactly"),
            "16_trimming"),
    Chapter("17", mark("Quantisation"), "量化", 75, "ES",
            mark("from 16 bits to 1"), "17_quantisation"),
    Chapter("18", mark("Distillation"), "蒸馏", 60, "S",
            mark("what a teacher's answers hold that labels don't, and every way to a small network in one table"),
            "18_distillation"),
    Chapter("19", mark("Hardware"), "硬件", 30, "",
            mark("where the time goes")),
    Chapter("20", mark("Parallel, asynchronous, distributed"), "并行、异步与分布式", 30, "",
            mark("many workers, one model")),
    Chapter("21", mark("Federated learning"), "联邦学习", 30, "",
            mark("learning where the data stays")),
    Chapter("22", mark("Deployment and online optimisation"), "部署与在线优化", 30, "S",
            mark("small files, short waits, data that drifts")),
    Chapter("23", mark("Capstone and outlook"), "综合与展望", 60, "",
            mark("a model under a budget")),
)  # fmt: skip

TRACKS = {"E": mark("Two evenings"), "O": mark("Optimisers"), "S": mark("Small models")}


class Course:
    """The map of the course: a table in a notebook, lines as text."""

    def _repr_markdown_(self) -> str:
        head = ["", say("chapter"), say("about"), say("minutes"), say("tracks")]
        lines = [head, ["---"] * len(head), *map(cells, CHAPTERS)]
        table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
        tracks = [say("{letter}: {name}, {hours:.2g} hours", letter=letter, name=say(name),
                      hours=sum(each.minutes for each in CHAPTERS if letter in each.tracks) / 60)
                  for letter, name in TRACKS.items()]  # fmt: skip
        end = say("Tracks: {tracks}. Chapters without a link are still to come.", tracks=listed(tracks))
        return f"{table}\n\n{end}"

    def __repr__(self) -> str:
        return "\n".join(f"{each.number} {title(each)}: {say(each.about)}" for each in CHAPTERS)


def cells(chapter: Chapter) -> list[str]:
    """A chapter's row, with links to its notebook and its exercise, as seen from the notebooks of the language."""
    name = title(chapter)
    if chapter.notebook:
        exercise, folder = say("exercise"), "../../exercises/zh" if language() == "zh" else "../exercises"
        name = f"[{name}]({chapter.notebook}.ipynb) · [{exercise}]({folder}/{chapter.notebook}.ipynb)"
    return [chapter.number, name, say(chapter.about), str(chapter.minutes), " ".join(chapter.tracks)]


def title(chapter: Chapter) -> str:
    """The title in English and Chinese; in Chinese alone where Chinese is spoken."""
    return chapter.chinese if language() == "zh" else f"{say(chapter.title)} {chapter.chinese}"


def course() -> Course:
    """The map of the course."""
    return Course()
