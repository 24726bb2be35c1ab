"""Free text: what was said, as it was said. Nothing is added, no name of a drug is supplied."""

import re

from assistant.dialogue.meaning import Value, ValueKind
from assistant.understanding.context import Context
from assistant.understanding.sentence import Sentence

_LOOKS_FOR_IT = (
    r"(?:(?:让|等|先)?我?(?:看|想|瞧)(?:看|想|瞧|一[下看想])"
    r"|(?:让我|等我|我[去来])(?:看|拿|找|翻|想|瞧)(?:看|找|想|瞧|一[下看想])?"
    r"(?:药盒子?|药瓶子?|药|盒子|单子|说明书|病历本?|本子|眼镜)?)"
)
_NOT_HEARD = (
    r"[你您]?(?:刚才)?说?(?:什么|啥)|(?:麻烦|请)?[你您]?(?:再|重新)(?:说|讲|问)(?:一?遍|一?下|一次)"
    r"|没听[清见]楚?|听不[清见到]楚?|[你您]?(?:声音|大声)大?一?点"
)
_SAYS_NOTHING = re.compile(
    rf"^(?:嗯|哦|噢|啊|哎|诶|唉|呃|额|喂|呀|呢|吧|[这那]个|就是|[你您]?(?:稍等|等)(?:等|一?下|一?会儿?)?"
    rf"|{_LOOKS_FOR_IT}|{_NOT_HEARD}"
    r"|[,。!?、;:.~…-]|[你您]好|[早晚下][上午]好|[你您]?是?(?:谁|哪位))*$"
)
_ASKS_MEDICINE = re.compile(r"药")
_NO_MEDICINE = re.compile(
    r"^(?:不对|不是|错了|说错了|,|啊|哦)+(?:我|刚才|是|,)*[^药片]*(?:烟|酒|血压|心率|体重|斤|运动)[^药片]*$"
)
"""An earlier answer taken back: 不对, 我抽烟的, 一天五根."""
_UNNAMED = re.compile(
    r"^(?:嗯|哦|不是|不|,|就|都|医生|大夫|最近|又|还|多|新|给我|给)*(?:加|换|添|多|减|停|开)了?(?:[一两二三几]|另外)*(?:种|个|样)?(?:别的|新的|其他的?)?药?[了的啊呢]*[,。]?$"
)
"""加了一种: says that there is one and not which."""


def parse(sentence: Sentence, context: Context) -> list[Value]:
    """The whole utterance without the white space around it, when free text was asked for."""
    if context.expects is not ValueKind.FREE_TEXT or _SAYS_NOTHING.match(sentence.text):
        return []
    if _ASKS_MEDICINE.search(context.question):
        if _NO_MEDICINE.match(sentence.text) and not sentence.lexicon.medicines.find(sentence.text):
            return []
        if _UNNAMED.match(sentence.text):
            return [sentence.value(ValueKind.FREE_TEXT, None, (0, len(sentence.text)), confirm=True)]
    said = sentence.normalised.given.strip()
    return [sentence.value(ValueKind.FREE_TEXT, said, (0, len(sentence.text)))]
