"""Answers that judge instead of giving the number asked for: 正常, 有点高. They need confirming."""

import re

from assistant.dialogue.meaning import Value, ValueKind
from assistant.understanding.context import Context
from assistant.understanding.sentence import Sentence
from assistant.understanding.values.aims import is_aim

_JUDGES = re.compile(
    r"(?:一切|都|有点|偏|很|挺|还算?|算|比较|基本|基本上|应该)*(?:正常|稳定|平稳|达标|不高|不低|偏高|偏低"
    r"|有点高|有点低|(?<=点)[快慢]|(?<=偏)[快慢]"
    r"|(?<=较)[快慢]|有些高|高了?点|略高|老样子|差不多|还行|还可以|还好|可以|蛮好|挺好|很好|不错|高得很"
    r"|很高|太高了?|高着呢|低着呢|高|低|没变化?|没(?:有)?(?:胖|瘦|变)|跟以前一样|和以前一样"
    r"|和上次一样|跟上次一样)"
)
_NOT_JUDGED = re.compile(r"高血压|没量|没测|没称|不知道|忘|不清楚|不记得|高兴|再见|方便")


def parse(sentence: Sentence, context: Context, kind: ValueKind) -> list[Value]:
    """A valueless `needs_confirmation` of `kind` where it was asked for and only judged."""
    if context.expects is not kind or context.reading_back or _NOT_JUDGED.search(sentence.text):
        return []
    found = _JUDGES.search(sentence.text)
    if found is None or not sentence.mine(found.start()):
        return []
    if any(is_aim(sentence.text, number.core[0], number.end) for number in sentence.numbers):
        return []
    scope = sentence.scope(*found.span())
    if scope.supposed or scope.fiction or scope.asks:
        return []
    return [sentence.value(kind, None, found.span(), confirm=True)]
