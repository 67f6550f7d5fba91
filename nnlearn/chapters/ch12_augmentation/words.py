"""The words in the figures and tables of the notebook, whose code is the same in every language: for the catalogue."""

from nnlearn.language import mark

NOTEBOOK = (
    mark("A five, and nine times the same turned a little and shifted by a pixel at most."),
    mark("as it is"),
    mark("crop and resize"),
    mark("colour jitter"),
    mark("cut-out"),
    mark("A square of the temple, and what four augmentations make of it."),
)

TABLES = (
    mark("{network}, {per_class} a class"),
    mark("{per_class} a class"),
    mark("{network}, {steps:,} steps"),
    mark("{gain[median]:+.1f} ({gained}); training {training:.1%}"),
    mark("{network}, gain"),
    mark("test digits {test}"),
    mark("split: {split}"),
    mark("{augmentation}, {steps} steps"),
    mark("test squares {test}"),
    mark("gain {test}: median [smallest, largest] (of 10 above 0)"),
)

STORED = (
    mark("none"),
    mark("shift 1"),
    mark("rotate 15, grid-constant"),
    mark("rotate 15, constant"),
    mark("rotate 180, grid-constant"),
    mark("horizontal flip"),
    mark("vertical flip"),
    mark("half turn"),
    mark("random"),
    mark("writer"),
    mark("CNN, global pooling"),
    mark("CNN, global pooling, framed"),
    mark("up"),
    mark("down"),
    mark("left"),
    mark("right"),
    mark("a line lost"),
    mark("an empty line gained"),
    mark("both: moved"),
    mark("as they are"),
    mark("shifted"),
    mark("in another light"),
    mark("flip"),
    mark("crop, area from 0.5"),
    mark("crop, area from 0.1"),
    mark("colour 0.2"),
    mark("colour 0.4"),
    mark("colour 0.8"),
    mark("cut-out 4"),
    mark("cut-out 8"),
)
