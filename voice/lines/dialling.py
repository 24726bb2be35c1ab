"""Placing a call: what every kind of line offers before its media is up."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol

from assistant.conversations.incoming import Reply

Progress = Literal["dialling", "ringing"]
Unanswered = Literal["no_answer", "busy", "failed"]


class LineNotConfigured(Exception):
    """This installation cannot place calls on such a line. The message says what to set."""


@dataclass(frozen=True, slots=True)
class Order:
    """A call to be placed.

    `call_id`, `media_token`, which proves that a media stream belongs to the call, and `birth_year` of the
    resident are filled in when it is placed. The other fields are for the simulated line: who answers, the
    seed of her chances, noise on the line, and how many times faster than real the line runs.
    """

    resident_id: str
    call_id: str = ""
    media_token: str = field(default="", repr=False)
    birth_year: int | None = None
    persona: str | None = None
    seed: int = 0
    noise: bool = False
    speed: float = 1.0


class Placed(Protocol):
    """A call on its way or under way at the carrier."""

    async def unanswered(self) -> Unanswered:
        """Waits for the news that nobody took the call; while it is answered this never returns."""
        ...

    def tell(self, reply: Reply) -> None:
        """Lets a simulated resident know what is being asked; real lines have no use for it."""
        ...

    async def close(self) -> None:
        """Gives the call up, or lets go of one that is over."""
        ...


class Dialler(Protocol):
    """One kind of line, as far as calling out goes."""

    def check(self, order: Order) -> None:
        """Raises `LineNotConfigured`, or ValueError for an order that this line cannot carry out."""
        ...

    async def dial(self, order: Order, progress: Callable[[Progress], Awaitable[None]]) -> Placed:
        """Starts the call; `progress` is told how it goes. The media then comes to our own endpoint."""
        ...


class NotConfigured:
    """Stands where a line could be that this installation has no account or exchange for."""

    def __init__(self, line: str, needed: str) -> None:
        self._message = f"the line '{line}' is not configured: {needed}"

    def check(self, order: Order) -> None:
        raise LineNotConfigured(self._message)

    async def dial(self, order: Order, progress: Callable[[Progress], Awaitable[None]]) -> Placed:
        raise LineNotConfigured(self._message)
