"""The page's messages, each read once and in the order in which they left."""

from collections.abc import Iterator
from typing import Any


class Inbox:
    """What the views of an explorer send.

    A kernel with subshells hands a message to the thread that last wrote to the page. So of two messages the later
    may come first: a commit before the answer that it commits. Each therefore has its "view", a "serial" number that
    counts within the view, and, "before" it, the messages of its view to which Python has not answered yet.
    """

    def __init__(self) -> None:
        self._read: dict[str, int] = {}  # by view: the serial number up to which its messages were read

    def unread(self, message: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """What the message brings that was not read yet: what left before it, and itself."""
        view = message["view"]
        for each in (*message.get("before", ()), message):
            if each["serial"] > self._read.get(view, 0):
                self._read[view] = each["serial"]
                yield {"view": view, **each}
