"""How long calls may take, in processor time and on the clock."""

from dataclasses import dataclass

from nnlearn.language import say

TOGETHER = 2  # all calls together may take so many times as long as one
PATIENCE = 3  # on the clock: a machine may have much else to do
START = 5.0  # seconds on the clock besides


def patience(seconds: float) -> float:
    """The seconds on the clock in which a call of so much processor time is expected back."""
    return PATIENCE * seconds + START


@dataclass
class Allowance:
    """What calls may take: one ``seconds`` of processor time, all ``TOGETHER`` times that; on the clock, ``patience``.

    spent, waited: what the calls so far took, of processor time and on the clock.
    """

    seconds: float
    spent: float = 0.0
    waited: float = 0.0

    def add(self, spent: float, waited: float) -> None:
        """Counts a call that has ended."""
        self.spent += spent
        self.waited += waited

    def objection(self, spent: float, waited: float) -> str:
        """Why a call that took so much must end, naming the limit that it met; "" if it may go on."""
        if spent > self.seconds:
            return say("It took more than {seconds:g} seconds. Does a loop never end?", seconds=self.seconds)
        together = TOGETHER * self.seconds
        if self.spent + spent > together:
            return say("All inputs together took more than {seconds:g} seconds. What takes so long in each call?",
                       seconds=together)  # fmt: skip
        for limit, time in ((patience(self.seconds), waited), (patience(together), self.waited + waited)):
            if time > limit:
                return say("It did not come back within {seconds:g} seconds, and hardly computed in that time. "
                           "Does it wait for something, as time.sleep does?", seconds=limit)  # fmt: skip
        return ""
