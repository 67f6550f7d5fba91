"""What a diagnosis found, in words."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from nnlearn.language import mark, say

if TYPE_CHECKING:
    from nnlearn.networks.diagnosis import Diagnosis

IN_A_SWEEP = {  # what is said of several networks
    "not finite": mark("Numbers are not finite in {n} of {all} networks."),
    "vanishing": mark("The loss's slope vanishes on its way back in {n} of {all} networks, mostly towards {layer}."),
    "exploding": mark("The loss's slope explodes on its way back in {n} of {all} networks, mostly towards {layer}."),
    "dead": mark("Half of a layer's units or more are dead in {n} of {all} networks, mostly in {layer}."),
    "saturated": mark("Half of what a layer gives or more is saturated in {n} of {all} networks, mostly in {layer}."),
    "plateau": mark("The loss stands still, no better than the same answer for every example, in {n} of {all} "
                    "networks."),
}  # fmt: skip

ALL_SMALL = mark("Values shrink on their way in, too ({share:.2g} times): the gradients of all kernels are small.")
FIRST_SMALL = mark("Values don't, on their way in ({share:.2g} times): the first layers' gradients are the smallest.")


def sentences(found: "Diagnosis") -> list[str]:
    """One for each finding; if there is none, that there is none."""
    return [*of_a_sweep(found)] if found.sweep else [*of_one(found)]


def of_one(found: "Diagnosis") -> Iterator[str]:
    """Of one network, with its numbers."""
    findings = {kind: bool(has) for kind, has in found.findings.items()}
    name = {kind: found.layers[int(found.worst(kind))] for kind in findings if kind != "plateau"}
    last = found.layers[int(np.flatnonzero(np.isfinite(found.reach))[-1])] if np.isfinite(found.reach).any() else ""
    if findings["not finite"]:
        yield say("Numbers are not finite in layer {layer}: nothing can be said here. Look at a step before.",
                  layer=name["not finite"])  # fmt: skip
    if findings["vanishing"] and found.extreme("vanishing") == 0:
        yield say("No slope of the loss reaches {layer}: its weights stay as they are.", layer=name["vanishing"])
    elif findings["vanishing"]:
        what = say("The loss's slope vanishes on its way back: in {layer} it is {share:.2g} times that in {last}.",
                   layer=name["vanishing"], share=found.extreme("vanishing"), last=last)  # fmt: skip
        yield " ".join([what, *on_the_way_in(found)])
    if findings["exploding"]:
        yield say("The loss's slope explodes on its way back: in {layer} it is {times:.3g} times that in {last}.",
                  layer=name["exploding"], times=found.extreme("exploding"), last=last)  # fmt: skip
    if findings["dead"] and found.extreme("dead") == 1:
        yield say("All units of {layer} are dead, 0 for every example: nothing passes, and no slope comes back.",
                  layer=name["dead"])  # fmt: skip
    elif findings["dead"]:
        yield say("{share:.0%} of the units of {layer} are dead: 0 for every example, so that no slope comes back "
                  "through them.", layer=name["dead"], share=found.extreme("dead"))  # fmt: skip
    if findings["saturated"]:
        yield say("{share:.0%} of what {layer} gives is saturated: there its slope is below a twentieth of its "
                  "steepest.", layer=name["saturated"], share=found.extreme("saturated"))  # fmt: skip
    if findings["plateau"]:
        yield say("The loss has stood still for {steps} steps at {loss:.3g}, no better than the same answer for every "
                  "example, which costs {constant:.3g}.", steps=len(found.losses) - len(found.losses) // 2 - 1,
                  loss=found.loss, constant=found.constant)  # fmt: skip
    if not any(findings.values()):
        yield say("No slopes that vanish or explode, and no layer of dead or saturated units.")


def on_the_way_in(found: "Diagnosis") -> Iterator[str]:
    """What becomes of the values where slopes vanish: a kernel's gradient is the one times the other."""
    way_in = found.way_in("vanishing")
    if way_in > 0:
        yield say(ALL_SMALL if found.all_are_small else FIRST_SMALL, share=way_in)


def of_a_sweep(found: "Diagnosis") -> Iterator[str]:
    """How many networks have what."""
    total = found.loss.size
    for kind, has in found.findings.items():
        if has.any():
            layer = "" if kind == "plateau" else found.layers[np.bincount(found.worst(kind)[has]).argmax()]
            yield say(IN_A_SWEEP[kind], n=np.count_nonzero(has), all=total, layer=layer)
    if found.healthy.any():
        yield say("Nothing of this kind was found in {n} of {all} networks.",
                  n=np.count_nonzero(found.healthy), all=total)  # fmt: skip
