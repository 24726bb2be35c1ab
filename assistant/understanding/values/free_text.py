"""Free text: what was said, as it was said. Nothing is added, no name of a drug is supplied."""

import re

from assistant.dialogue.meaning import Value, ValueKind
from assistant.understanding.context import Context
from assistant.understanding.sentence import Sentence

_SAYS_NOTHING = re.compile(
    r"^(?:嗯|哦|噢|啊|哎|诶|唉|呃|额|喂|这个|那个|就是|让我想想|我想想|等一下|稍等|[,。!?、;:.~…-]|什么|啥"
    r"|你好|您好|再说一遍|没听清)*$"
)


def parse(sentence: Sentence, context: Context) -> list[Value]:
    """The whole utterance without the white space around it, when free text was asked for."""
    if context.expects is not ValueKind.FREE_TEXT or _SAYS_NOTHING.match(sentence.text):
        return []
    said = sentence.normalised.given.strip()
    return [sentence.value(ValueKind.FREE_TEXT, said, (0, len(sentence.text)))]
