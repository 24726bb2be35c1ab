"""The playback ledger: what we said, what the line has really played, what the resident can have heard.

Every phrase carries a mark that the line returns when the phrase has been played. An interruption is dated
back to the last mark returned: what was still in the line's buffer was never heard.
"""

from dataclasses import dataclass

from voice.phrases import Phrase


@dataclass(frozen=True, slots=True)
class Entry:
    """One phrase on its way to the ear. `heard` counts the characters of this reply up to its end.

    `last` marks the last phrase of the reply, `last_message` every phrase of the last message.
    """

    mark: str
    text: str
    heard: int
    last: bool
    last_message: bool
    interruptible: bool


class Ledger:
    """The account of one reply at a time: the messages between two turns of the resident.

    `heard_until` counts code points of the reply's messages, joined without a separator.
    """

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._sent = 0
        self._played = 0
        self._reply = 0
        self._cleared = False

    def open(self, messages: list[list[Phrase]], interruptible: list[bool]) -> list[Entry]:
        """Begins the account of a new reply and gives its entries, one for each phrase."""
        self._reply += 1
        self._entries, self._sent, self._played, self._cleared = [], 0, 0, False
        spoken = [(message, may) for message, may in zip(messages, interruptible, strict=True) if message]
        before = 0
        for number, (message, may_interrupt) in enumerate(spoken, start=1):
            for phrase in message:
                self._entries.append(
                    Entry(
                        mark=f"{self._reply}.{number}.{phrase.end}",
                        text=phrase.text,
                        heard=before + phrase.end,
                        last=number == len(spoken) and phrase is message[-1],
                        last_message=number == len(spoken),
                        interruptible=may_interrupt,
                    )
                )
            before += message[-1].end
        return list(self._entries)

    def sent(self, mark: str) -> None:
        """The phrase of `mark` has gone to the line."""
        if self._sent < len(self._entries) and self._entries[self._sent].mark == mark:
            self._sent += 1

    def played(self, mark: str) -> bool:
        """The line returned `mark`. False when it belongs to cleared speech, whose marks come back too."""
        if self._cleared:
            return False
        for position in range(self._played, self._sent):
            if self._entries[position].mark == mark:
                self._played = position + 1
                return True
        return False

    def clear(self) -> int:
        """The rest will not be played. Returns the characters heard up to then."""
        self._cleared = True
        return self._heard

    @property
    def speaking(self) -> bool:
        """Whether something of this reply is still to be played."""
        return not self._cleared and self._played < len(self._entries)

    @property
    def all_sent(self) -> bool:
        """Whether every phrase has gone to the line."""
        return self._sent >= len(self._entries)

    @property
    def heard_until(self) -> int | None:
        """Characters heard, or None when the whole reply was."""
        return None if self._played >= len(self._entries) else self._heard

    @property
    def playing(self) -> Entry | None:
        """The phrase that is being played, or will be next."""
        return self._entries[self._played] if self.speaking else None

    @property
    def _heard(self) -> int:
        return self._entries[self._played - 1].heard if self._played else 0
