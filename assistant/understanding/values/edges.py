"""What stands around an answer and adds nothing to it: 我想想啊 before it, 谢谢你 behind it."""

import re
from dataclasses import replace

from assistant.understanding.normalise import Normalised
from assistant.understanding.sentence import Sentence

_OPENING = re.compile(
    r"(?:那个(?!时候|人|月|星期|礼拜|药|[,。]?$)|哎[呀哟]|我[跟和][你您][说讲][啊哈吧]?|[你您]听我[说讲]"
    r"|(?:让|等)?我(?:想想|看看|瞧瞧|[想看]一下)[啊哈呀]?|[,。])+"
)
_CLOSING = re.compile(
    r"(?:[,。]?(?<![不别太很])(?:(?:谢谢|多谢|感谢|麻烦)(?:[你您]们?)?[了啊哈呀哦]*"
    r"|[你您](?:给我)?记(?:一下|着|好|下来|上)[吧啊]?))+$"
)


def without_edges(sentence: Sentence) -> Sentence:
    """The sentence without such openings and closings, unless there is nothing else in it."""
    text = sentence.text
    opening, closing = _OPENING.match(text), _CLOSING.search(text)
    start = opening.end() if opening else 0
    end = closing.start() if closing else len(text)
    if start >= end or (start, end) == (0, len(text)):
        return sentence
    whole = sentence.normalised
    return replace(sentence, normalised=Normalised(whole.given, text[start:end], whole.origin[start:end]))
