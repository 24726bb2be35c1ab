"""Numbers that are wished for, ordered or taught, not measured: 医生让控制在一百四以下, 我想减到一百二."""

import re

_BEFORE = re.compile(
    r"(?:控制|维持|保持|稳定)(?:在|到)"
    r"|(?:[想要让叫得劝]|争取|打算|准备|建议|目标|希望)(?:我|咱|他|她|您|你|再|把)*(?:体重|血压|血糖|心率)?"
    r"(?:控制|[减降瘦升]|增加|减肥)(?:到|在|至)"
    r"|目标|标准|达标|要求|正常(?:值|范围|人|的话?)|正常(?:应该|是|要|得)"
    r"|[多量]少才?算|最好(?:是|在|别|不)|应该控制在"
)
_ADVISER = re.compile(r"医生|大夫|护士|书上|专家|人家")
_RULE_BEHIND = re.compile(
    r"(?:以[上下内])?(?:就得|就要|就该|才[算能]|就算|就是高|算是?[高低正]|就(?:正常|不正常|高血压|叫|危险)|(?:是|都|才|算|就)?正常(?!吗))"
)
_REACH = 14


def is_aim(text: str, start: int, end: int) -> bool:
    """Whether the number [start, end) of the normalised `text` is a goal, an order or a limit."""
    clause = text[max(text.rfind(mark, 0, start) for mark in ",。;!?") + 1 : start]
    if _BEFORE.search(clause[-_REACH:]) and not re.search(r"(?:现在|已经|终于)[^,。;]*$", clause):
        return True
    told = _ADVISER.search(clause)
    return bool(told and _RULE_BEHIND.match(text, end))
