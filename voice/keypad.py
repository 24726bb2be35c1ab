"""Collects telephone keys into one answer."""

from typing import Final

from assistant.dialogue.meaning import ValueKind
from assistant.dialogue.waits import Wait
from voice.frames import frames_in

PAUSE: Final = frames_in(2.5)
"""Frames after the last key that end a number."""
END: Final = "#"


class KeyPad:
    """One key answers a yes, a no or a choice; a number ends with # or a pause."""

    def __init__(self) -> None:
        self._keys = ""
        self._due = 0

    def __bool__(self) -> bool:
        """Whether a number has been begun."""
        return bool(self._keys)

    def press(self, key: str, now: int, wait: Wait | None) -> str:
        """Takes a key at frame `now`; gives the whole answer, or nothing yet."""
        if not self._keys and wait is not None and _one_key(wait):
            return key
        if key == END and self._keys:
            return self._take()
        self._keys += key
        self._due = now + PAUSE
        return ""

    def due(self, now: int) -> str:
        """The number that a pause has ended by frame `now`."""
        return self._take() if self._keys and now >= self._due else ""

    def _take(self) -> str:
        keys, self._keys = self._keys, ""
        return keys


def _one_key(wait: Wait) -> bool:
    return wait.reading_back or bool(wait.options) or wait.expects in (ValueKind.YES_NO, ValueKind.CHOICE)
