"""What the resident's speech means while we speak, or before we could: answer, interruption, or neither.

A cough or a television makes no words and stops nothing. 嗯 and 对 say "I am listening" unless the question
was already being put; a bare yes or no cannot answer a question that has not been asked. All else is hers to
say.
"""

from enum import Enum
from typing import Final

from voice.lengths import length

SHORTEST: Final = 2
"""Units of recognised words that interrupt us in mid-speech; less waits for the end of her turn."""
SHORTEST_SECONDS: Final = 0.3
"""Seconds of voice below which nothing interrupts."""

BACKCHANNELS: Final = frozenset(
    (
        "嗯 哦 噢 啊 哎 喂 对 好 是 行 对对 嗯嗯 好好 是是 哦哦 对的 好的 是的 行的 "
        "知道了 明白 听着呢 你说 您说 你好 您好 喂你好 喂您好 喂喂"
    ).split()
)
"""Sounds of listening."""
BARE: Final = BACKCHANNELS | frozenset("没有 不 不是 不对 可以 有 没 不要 没了 没有了 不知道".split())
"""Answers that mean nothing without their question."""

_PUNCTUATION: Final = str.maketrans("", "", "，。？！；：、 ")


class Began(Enum):
    """When the resident began to speak, as seen from our own speech."""

    LISTENING = "listening"
    """After all of it: the floor was hers."""
    LAST_PHRASE = "last_phrase"
    """While the last phrase was played: she knows the question."""
    LAST_MESSAGE = "last_message"
    """While the last message, which holds the question, was played."""
    EARLY = "early"
    """Before the question, or before any of the reply had been played."""


def bare_text(text: str) -> str:
    """`text` without punctuation and spaces: the form in which it is compared."""
    return text.translate(_PUNCTUATION)


def counts(text: str, began: Began) -> bool:
    """Whether `text` is to be taken as the resident's turn, rather than passed over."""
    bare = bare_text(text)
    if not bare:
        return began is Began.LISTENING
    if began is Began.EARLY:
        return bare not in BARE
    if began is Began.LAST_MESSAGE:
        return bare not in BACKCHANNELS
    return True


def interrupts(text: str, voiced: float, began: Began, interruptible: bool) -> bool:
    """Whether the words so far, with so many seconds of voice, stop our speech now."""
    if not interruptible or voiced < SHORTEST_SECONDS or length(text) < SHORTEST:
        return False
    return counts(text, began)
