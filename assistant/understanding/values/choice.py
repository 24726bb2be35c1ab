"""One of the offered options: by label, synonym, position (第二个) or key."""

import re
from dataclasses import dataclass

from assistant.dialogue.meaning import Value, ValueKind
from assistant.dialogue.waits import Option
from assistant.understanding.context import Context
from assistant.understanding.corrections import repairs, struck
from assistant.understanding.negation import denied, unmasked
from assistant.understanding.normalise import normalise
from assistant.understanding.sentence import Sentence
from assistant.understanding.values import single

_ONLY_NUMBER = re.compile(
    r"^(?:嗯|啊|选项?|按|第|我选|就|是|要|,)*(?P<at>[一二两三四五六七八九1-9])(?:个|项|种|号|条|号键|键|吧|的"
    r"|啊|[,。])*$"
)
_ENDS = (
    (re.compile(r"最后(?:一)?[个项种]?|后面(?:那|一)|末了|末尾"), -1),
    (re.compile(r"中间(?:那|的)?|当中那?"), 0),
    (re.compile(r"前面(?:那|一)|最前|头一[个项种]|打头"), 1),
)
_DIGITS = "零一二三四五六七八九"
_FROM_END = re.compile(r"倒数第(?P<at>[一二三四五六七八九])")
_DEGREE = r"(?:太|大|怎么|咋|很|算|是很|是太|是特别|那么|特别|甚)?"
_OWN_DEGREE = re.compile(rf"^不{_DEGREE}")
_NEITHER = re.compile(rf"不{_DEGREE}(.)(?:也|又)?不{_DEGREE}(.)")
_ADVISED = re.compile(
    r"(?:医生|大夫|护士)(?:总|老|一直|都)?(?:[让叫劝要]|建议|说要?)(?!了)(?:我|咱)?[^我但可,。;]{0,4}$"
)
_MIDDLE = re.compile(r"一般|中等|适中|中")
_WHAT_COULD = re.compile(r"(?<!没)有(?:什么|啥)(?:可|好|太|特别)*$|哪(?:有|来)(?:的|心情)*$")
_WHAT_FOR = re.compile(r"什么(?!时候)|啥(?!时候)")
"""有啥不好的, 愁什么: what is asked so is denied."""


@dataclass(frozen=True, slots=True)
class _Pick:
    """An option that words name, and where."""

    option: Option
    start: int
    end: int


def parse(sentence: Sentence, context: Context) -> list[Value]:
    """The option chosen, when a choice was asked for."""
    if context.expects is not ValueKind.CHOICE or not context.options:
        return []
    picks = _by_words(sentence.text, context)
    picks = [
        pick
        for pick in picks
        if sentence.mine(pick.start) and not _ADVISED.search(sentence.text[: pick.start])
    ]
    kept = _standing(sentence, picks)
    if len({str(pick.option.value) for pick in kept}) == 1:
        return [_value(sentence, kept[-1])]
    if kept:
        return [_unsure(sentence, kept)]
    place = _by_place(sentence.text, context)
    if place:
        doubtful = bool(_ONLY_NUMBER.search(sentence.text)) and not context.offers_numbers
        value = _value(sentence, place)
        return [value.model_copy(update={"needs_confirmation": True}) if doubtful else value]
    if between := _neither_extreme(sentence, picks, context):
        return [between]
    return [_unsure(sentence, picks)] if picks else []


def _neither_extreme(sentence: Sentence, picks: list[_Pick], context: Context) -> Value | None:
    """不算咸, 没什么愁的: the option in the middle, to be confirmed, for the one that is denied."""
    middle = _middle(context)
    denied_only = picks and all(_untrue(sentence.text, pick) for pick in picks)
    if middle is None or not denied_only or any(pick.option is middle for pick in picks):
        return None
    return _value(sentence, _Pick(middle, picks[0].start, picks[-1].end)).model_copy(
        update={"needs_confirmation": True}
    )


def _middle(context: Context) -> Option | None:
    return next((option for option in context.options if _MIDDLE.search(option.label)), None)


def _untrue(text: str, pick: _Pick) -> bool:
    """Whether the option is named to be denied: 不咸, 能有啥不好的, 没什么好不好的."""
    before, after = text[: pick.start], text[pick.end :]
    if _WHAT_COULD.search(before) or _WHAT_FOR.match(after):
        return True
    word = text[pick.start : pick.end]
    if (word.startswith("不") and before.endswith(word[1:])) or after.startswith(f"不{word}"):
        return True  # 什么好不好的
    return _negated(text, pick.start)


def _value(sentence: Sentence, pick: _Pick) -> Value:
    return sentence.value(ValueKind.CHOICE, pick.option.value, (pick.start, pick.end))


def _unsure(sentence: Sentence, picks: list[_Pick]) -> Value:
    span = (min(pick.start for pick in picks), max(pick.end for pick in picks))
    return sentence.value(ValueKind.CHOICE, None, span, confirm=True)


def _by_words(text: str, context: Context) -> list[_Pick]:
    """Options named by label or synonym, longest words first, negated ones too."""
    words = [
        (normalise(word).text, option)
        for option in context.options
        for word in (option.label, *option.synonyms)
        if word
    ]
    words.sort(key=lambda pair: len(pair[0]), reverse=True)
    picks: list[_Pick] = []
    for word, option in words:
        for found in re.finditer(_said(word), text):
            if not any(pick.start < found.end() and found.start() < pick.end for pick in picks):
                picks.append(_Pick(option, found.start(), found.end()))
    neither = _NEITHER.search(text)
    middle = _middle(context)
    if (
        neither
        and middle
        and not any(pick.start <= neither.start() and neither.end() <= pick.end for pick in picks)
    ):
        return [_Pick(middle, *neither.span())]
    return sorted(picks, key=lambda pick: pick.start)


def _said(word: str) -> str:
    """A pattern for `word`; what begins with 不 is denied in any degree: 不厉害 by 不怎么厉害, 没那么厉害."""
    if not word.startswith("不"):
        return re.escape(word)
    stem = _OWN_DEGREE.sub("", word) or word[1:]
    return rf"(?:不{_DEGREE}|没那么|没有那么){re.escape(stem)}"


def _standing(sentence: Sentence, picks: list[_Pick]) -> list[_Pick]:
    """What is left of `picks`: said of now, not denied, and after the last repair."""
    text = sentence.text
    kept = [pick for pick in picks if not struck(text, pick.start) and not _untrue(text, pick)]
    current = [pick for pick in kept if not sentence.scope(pick.start, pick.end).past]
    kept = current or kept
    kept = [kept[index] for index in single.held_now(text, [pick.start for pick in kept])]
    for start, end in reversed(repairs(text)):
        later = [pick for pick in kept if pick.start >= end - 1]
        if later and any(pick.end <= start for pick in kept):
            return later
    return kept


def _negated(text: str, at: int) -> bool:
    if any(end == at for _, end in repairs(text)):
        return False
    clause = text[max(text.rfind(mark, 0, at) for mark in ",。;!?") + 1 : at]
    return denied(clause[-4:]) and bool(
        re.search(
            r"(?:不|没|没有|没什么|不是|别|无)(?:太|怎么|算|很|那么|要|想要?|挂|看|选|爱?吃|爱|喜欢)?$",
            unmasked(clause),
        )
    )


def _by_place(text: str, context: Context) -> _Pick | None:
    options = context.options
    if (found := _FROM_END.search(text)) and _DIGITS.index(found["at"]) <= len(options):
        return _Pick(options[-_DIGITS.index(found["at"])], *found.span())
    for pattern, which in _ENDS:
        if found := pattern.search(text):
            if which == 0 and len(options) % 2 == 0:
                return None
            index = {-1: len(options) - 1, 0: len(options) // 2, 1: 0}[which]
            return _Pick(options[index], *found.span())
    found = _ONLY_NUMBER.search(text) or re.search(r"第(?P<at>[一二三四五六七八九1-9])", text)
    found = found or re.search(r"[选按](?P<at>[一二三四五六七八九1-9])(?![零一二三四五六七八九十0-9])", text)
    if not found:
        return None
    digit = found["at"]
    number = int(digit) if digit.isdigit() else _DIGITS.index(digit.replace("两", "二"))
    by_key = [option for option in options if option.key == str(number)]
    if by_key and "第" not in found.group():
        return _Pick(by_key[0], *found.span())
    return _Pick(options[number - 1], *found.span()) if number <= len(options) else None
