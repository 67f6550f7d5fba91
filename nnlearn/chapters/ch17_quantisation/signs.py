"""An explorer of chapter 17: a network of 1 bit a weight as a picture of its signs."""

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from nnlearn.chapters.ch17_quantisation.bits import LAYERS, digits
from nnlearn.compression import Quantized
from nnlearn.explorers.controls import Linear, Whole
from nnlearn.explorers.explorer import Explorer
from nnlearn.explorers.result import Result
from nnlearn.language import mark, say, together
from nnlearn.models import QuantizedWeights, all_signs, flipped, forward
from nnlearn.models.architectures import digits_cnn
from nnlearn.palette import palette

WIDTH = 147  # of the picture of all signs
SHOWN, TILE = 40, 11  # test digits, and the pixels along the side of each, with its margin
EPOCHS = 15
LIGHT = palette("light")  # a picture of data keeps its colours on dark paper; there the light blue is nearly white
INKS = ((mark("sign -"), "black"), (mark("sign +"), "white"), (mark("changed by training, now -"), LIGHT.blue),
        (mark("changed by training, now +"), LIGHT.sky), (mark("flipped by damage"), LIGHT.orange))  # fmt: skip
FLIPPED, NO_SIGN = 4, 5  # inks of a pixel; 0 to 3 are twice whether training changed the sign, plus whether it is +


def sizes() -> list[int]:
    """How many signs each layer of the network has."""
    leaves = digits_cnn().leaves.declared
    return [prod(leaves[f"{name}/kernel"].shape) for name in LAYERS]


class Signs(Explorer):
    """A network whose kernels have 1 bit: all its signs as a picture, to be watched in training and to be damaged."""

    title = mark("The network you can see")
    chapter = "17"
    epoch = Whole(0, EPOCHS, start=0, label=mark("epoch"), plays=True)
    damage = Linear(0, 30, start=0, step=0.5, label=mark("flipped"), unit="%")
    given = ("networks",)
    draw_number = Whole(0, 20, start=0, label=mark("another draw"))

    def __init__(self, networks: Sequence[QuantizedWeights], **values: Any) -> None:
        """networks: after 0 to 15 epochs of training. ValueError if there are not as many, or one is not binary."""
        if len(networks) != EPOCHS + 1:
            message = say("Signs shows {needed} networks, after 0 to {epochs} epochs; there are {count}.",
                          needed=EPOCHS + 1, epochs=EPOCHS, count=len(networks))  # fmt: skip
            raise ValueError(message)
        for array in (array for network in networks for array in network.arrays.values()):
            if isinstance(array, Quantized) and array.scheme != "binary":
                message = say("Signs shows networks of 1 bit, scheme binary; one has {bits} bits, scheme {scheme}.",
                              bits=array.bits, scheme=array.scheme)  # fmt: skip
                raise ValueError(message)
        self.networks = list(networks)
        super().__init__(**values)

    def figure(self) -> Figure:
        figure, (signs, read) = self.panels(470, 2, narrowest=360)
        self.signs = signs.imshow(np.zeros((1, WIDTH, 3)), animated=True, extent=(0, WIDTH, WIDTH, 0),
                                  interpolation="nearest")  # fmt: skip
        ends = np.cumsum([0, *sizes()]) / WIDTH  # in rows: of little height are the first layer and the last
        signs.set(xticks=[])
        signs.set_yticks((ends[1:] + ends[:-1]) / 2, LAYERS)
        signs.set_yticks(ends, minor=True)
        signs.tick_params(axis="y", which="major", length=0)
        signs.legend(handles=[Patch(facecolor=ink, edgecolor=self.colours.muted, label=text) for text, ink in INKS],
                     loc="upper left", bbox_to_anchor=(0, 0), fontsize="small")  # fmt: skip
        tiles = np.pad(
            digits().X_test[:SHOWN].reshape(5, 8, 8, 8), ((0, 0), (0, 0), (3, 0), (3, 0))
        )  # room for a label
        rows = np.moveaxis(tiles, 2, 1).reshape(5 * TILE, 8 * TILE)
        read.imshow(rows, cmap="gray_r", extent=(0, 8 * TILE, 5 * TILE, 0))
        read.set(xticks=[], yticks=[], xlabel=mark("test digits; above those misread: right → read"))
        for axes in (signs, read):
            axes.spines[:].set_visible(False)
        bold = {"color": LIGHT.orange, "weight": "bold", "fontsize": 9, "ha": "center", "animated": True}
        places = [(TILE * (i % 8) + 7, TILE * (i // 8) + 2.6) for i in range(SHOWN)]  # on white, in the dark as well
        self.labels = [read.text(*place, "", **bold) for place in places]
        self.inks = np.array([to_rgb(ink) for _, ink in INKS] + [to_rgb(self.colours.grid)])
        return figure

    def damaged(self) -> QuantizedWeights:
        """The network of the epoch with so many of its signs flipped."""
        return flipped(self.networks[self.epoch], self.damage, self.draw_number)

    def compute(self) -> Any:
        damaged = self.damaged()
        rounded, trained, shown = map(all_signs, (self.networks[0], self.networks[self.epoch], damaged))
        changed = rounded != trained
        right, named = digits().y_test, forward(damaged.weights, digits().X_test).argmax(axis=1)
        return Result(
            inks=np.where(trained != shown, FLIPPED, 2 * changed + shown), count=shown.size, changed=changed.sum(),
            nbytes=damaged.nbytes, right=right[:SHOWN], named=named[:SHOWN], accuracy=float(np.mean(named == right)),
        )  # fmt: skip

    def draw(self, result: Any) -> None:
        rows = -(-result.count // WIDTH)
        inks = np.full(rows * WIDTH, NO_SIGN)
        inks[: result.count] = result.inks
        self.signs.set_data(self.inks[inks].reshape(rows, WIDTH, 3))
        for text, named, right in zip(self.labels, result.named, result.right, strict=True):
            text.set_text("" if named == right else f"{right} → {named}")

    def says(self, result: Any) -> str:
        text = say("Epoch {epoch}: of {count:,} signs ({nbytes:,} bytes in all) training has changed {changed:,}, "
                   "that is {share:.1%}.", epoch=result.epoch, count=result.count, nbytes=result.nbytes,
                   changed=result.changed, share=result.changed / result.count)  # fmt: skip
        read = say("{damage:g}% are flipped; accuracy {accuracy:.1%}.", damage=result.damage, accuracy=result.accuracy)
        return together(text, read)
