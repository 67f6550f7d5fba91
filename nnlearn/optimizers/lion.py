"""Lion."""

from nnlearn.algebra import sign
from nnlearn.optimizers.optimizer import Fraction, Optimizer, Rate
from nnlearn.row import Row


class Lion(Optimizer):
    """Every coordinate moves by the rate, whatever its slope: only the sign of a mean of the gradients counts.

    Chen et al. (2023), "Symbolic Discovery of Optimization Algorithms", arXiv 2302.06675, algorithm 2, without its
    weight decay. The sign is that of c, in which this gradient weighs more than in m, the mean that is kept. Where
    c is 0, as on a plateau, the coordinate stays. The steps don't shorten by themselves: near a minimum theta goes to
    and fro unless the rate falls. The rate is 1e-4 as in the paper, 1e-3 in Keras; optax has no default rate, and
    a weight decay of 1e-3.
    """

    learning_rate: Rate = 0.0001
    beta_1: Fraction = 0.9
    beta_2: Fraction = 0.99
    state = ("m",)

    def step(self, row, J):
        gradient = J.gradient(row.theta)
        c = self.beta_1 * row.m + (1 - self.beta_1) * gradient
        theta = row.theta - self.learning_rate * sign(c)
        m = self.beta_2 * row.m + (1 - self.beta_2) * gradient
        return Row(theta=theta, gradient=gradient, c=c, m=m)
