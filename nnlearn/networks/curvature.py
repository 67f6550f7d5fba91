"""The Hessian of a network's loss times a vector: how the gradient changes along it, exactly, without the matrix.

Pearlmutter, "Fast exact multiplication by the Hessian", Neural Computation 6 (1994) 147-160. Each line of the way
forward and of the way back is differentiated along the vector; ``d`` before a name means "its change along the vector".
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlearn.language import say
from nnlearn.networks.layer import Floats, Layer, Parameters
from nnlearn.networks.layers import Conv2D, Dense, Flatten, LeakyReLU, ReLU, Sigmoid, Tanh
from nnlearn.networks.losses import MSE, BinaryCrossEntropy, Loss
from nnlearn.objectives.logistic import sigmoid
from nnlearn.objectives.softmax import softmax

if TYPE_CHECKING:
    from nnlearn.networks.network import Network

LINEAR = (Dense, Conv2D)  # y = x W + b: x and W enter each once
BENT = (ReLU, LeakyReLU, Tanh, Sigmoid)  # number by number
KNOWN = (*LINEAR, *BENT, Flatten)


def product(
    network: "Network", x: Floats, parameters: Sequence[Parameters], d_parameters: Sequence[Parameters], loss: Loss,
    targets: Any,
) -> dict[str, Floats]:  # fmt: skip
    """The change of the mean loss's slope in each trained leaf, by name. TypeError for a layer that isn't known."""
    for layer in network.layers:
        if not isinstance(layer, KNOWN):
            known = ", ".join(kind.__name__ for kind in KNOWN)
            raise TypeError(say("The Hessian's product is known for the layers {known}; {layer!r} is none of these.",
                                known=known, layer=layer))  # fmt: skip
    values, d_values = [x], [np.zeros_like(x)]
    for layer, p, dp in zip(network.layers, parameters, d_parameters, strict=True):
        y = layer.forward(values[-1], p)
        d_values.append(forward_change(layer, d_values[-1], values[-1], y, p, dp))
        values.append(y)
    n = len(targets)
    back, d_back = loss.slope(values[-1], targets) / n, slope_change(loss, values[-1], d_values[-1]) / n
    found: dict[str, Floats] = {}
    for i in reversed(range(len(network.layers))):
        layer, x, dx, y, dy = network.layers[i], values[i], d_values[i], values[i + 1], d_values[i + 1]
        p, dp = parameters[i], d_parameters[i]
        if isinstance(layer, LINEAR):  # a slope in W is a product of x and what comes back: each changes in turn
            at_x, at_change = (
                network.placed[i].gradients(d_back, x, y, p),
                network.placed[i].gradients(back, dx, y, p),
            )
            found |= {name: at_x[name] + (0 if name.endswith("bias") else at_change[name]) for name in at_x}
        if i <= network.lowest:
            break
        back, d_back = layer.backward(back, x, y, p), backward_change(layer, back, d_back, x, dx, y, dy, p, dp)
    return found


def forward_change(layer: Layer, dx: Floats, x: Floats, y: Floats, p: Parameters, dp: Parameters) -> Floats:
    """Of what the layer gives."""
    if isinstance(layer, LINEAR):
        constant = layer.forward(np.zeros_like(x), p)  # the bias, which does not change with x
        return layer.forward(dx, p) - constant + layer.forward(x, dp)
    return dx * layer.slope(x, y) if isinstance(layer, BENT) else layer.forward(dx, p)


def backward_change(
    layer: Layer, back: Floats, d_back: Floats, x: Floats, dx: Floats, y: Floats, dy: Floats, p: Parameters,
    dp: Parameters,
) -> Floats:  # fmt: skip
    """Of the slope in what comes in."""
    if isinstance(layer, LINEAR):
        return layer.backward(d_back, x, y, p) + layer.backward(back, x, y, dp)
    if isinstance(layer, BENT):
        return d_back * layer.slope(x, y) + back * bend(layer, y, dy)
    return layer.backward(d_back, x, y, p)


def bend(layer: Layer, y: Floats, dy: Floats) -> Floats | float:
    """Of an activation's slope: tanh's is 1 - y^2, the sigmoid's y (1 - y); between kinks a slope stays."""
    return -2 * y * dy if isinstance(layer, Tanh) else (1 - 2 * y) * dy if isinstance(layer, Sigmoid) else 0.0


def slope_change(loss: Loss, z: Floats, dz: Floats) -> Floats:
    """Of the slope of each example's loss in its scores z."""
    if isinstance(loss, MSE):
        return 2 / z[0].size * dz
    if isinstance(loss, BinaryCrossEntropy):
        p = sigmoid(z)
        return p * (1 - p) * dz / z[0].size
    p = softmax(z)
    return p * (dz - np.sum(p * dz, axis=-1, keepdims=True))
