"""What conditions and responses may read of a conversation, with absent things reading as nothing."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from assistant.dialogue.conversation import Conversation


class Absent:
    """Stands for what is not known: false, equal to None, below and above nothing, empty."""

    def __bool__(self) -> bool:
        return False

    def __getitem__(self, name: object) -> "Absent":
        return self

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return other is None or isinstance(other, Absent)

    def __hash__(self) -> int:
        return hash(None)

    def __lt__(self, other: object) -> bool:
        return False

    __le__ = __gt__ = __ge__ = __lt__

    def __add__(self, other: object) -> "Absent":
        return self

    __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __add__

    def __str__(self) -> str:
        return ""


ABSENT: Final = Absent()


class View:
    """A read-only mapping in which a missing name, or None, reads as `ABSENT` instead of an error."""

    __slots__ = ("_names",)

    def __init__(self, names: Mapping[str, Any]) -> None:
        self._names = names

    def __getitem__(self, name: str) -> Any:
        return seen(self._names.get(name))

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __bool__(self) -> bool:
        return bool(self._names)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, View) and self._names == other._names

    def __hash__(self) -> int:
        return id(self)

    def _any_end(self, holds: Callable[[Any], bool]) -> bool:
        """Whether an end of a range satisfies a comparison: one that might be critical counts as such."""
        ends = (self._names.get("from"), self._names.get("to"))
        return any(isinstance(end, int | float) and holds(end) for end in ends)

    def __lt__(self, other: Any) -> bool:
        return self._any_end(lambda end: bool(end < other))

    def __le__(self, other: Any) -> bool:
        return self._any_end(lambda end: bool(end <= other))

    def __gt__(self, other: Any) -> bool:
        return self._any_end(lambda end: bool(end > other))

    def __ge__(self, other: Any) -> bool:
        return self._any_end(lambda end: bool(end >= other))

    def with_names(self, **names: Any) -> "View":
        """The same view with further names."""
        return View({**self._names, **names})


def seen(value: Any) -> Any:
    """A value as conditions see it: mappings wrapped, None as `ABSENT`, everything else as it is."""
    if value is None:
        return ABSENT
    if isinstance(value, Mapping):
        return View(value)
    if isinstance(value, list | tuple):
        return [seen(item) for item in value]
    return value


def plain(value: Any) -> Any:
    """The reverse of `seen`: what may be stored."""
    if isinstance(value, Absent):
        return None
    if isinstance(value, View):
        return dict(value._names)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    return value


NAMES: Final = (
    "slots", "status", "facts", "results", "counts", "channel", "spoken", "verified", "speaker",
    "turn", "misses", "silences", "pending", "mentioned", "red_flags",
    "flow", "running", "target", "value", "candidate",
)  # fmt: skip
"""Every name that an expression may begin with."""


def view_of(conversation: Conversation) -> View:
    """The view of a conversation: slots by value, their status, facts, results of actions, counters."""
    pending = next((f.pending for f in reversed(conversation.stack) if f.pending), None)
    target = conversation.stack[-1].target if conversation.stack else None
    return View(
        {
            "slots": {name: slot.value for name, slot in conversation.slots.items() if slot.filled},
            "status": {name: slot.status.value for name, slot in conversation.slots.items()},
            "facts": conversation.facts,
            "results": conversation.results,
            "counts": conversation.counts,
            "channel": conversation.channel,
            "spoken": conversation.spoken,
            "verified": conversation.verified,
            "speaker": conversation.speaker.value,
            "turn": conversation.turn,
            "misses": conversation.misses,
            "silences": conversation.silences,
            "mentioned": {name: slot.value for name, slot in conversation.candidates.items()},
            "red_flags": {
                "rules": sorted({flag.rule for flag in conversation.red_flags}),
                "subjects": sorted({flag.subject for flag in conversation.red_flags}),
            },
            "pending": pending.model_dump() if pending else None,
            "flow": conversation.flow,
            "running": [frame.flow for frame in conversation.stack],
            "target": target,
        }
    )
