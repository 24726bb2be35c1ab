"""The numbers of a blood pressure: kPa, halves run together or torn apart, and which half is which."""

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.understanding.numbers import Number
from assistant.understanding.numerals import Style
from assistant.understanding.sentence import Sentence
from assistant.understanding.topics import Topic

MMHG_PER_KPA = 7.5
_LABEL = re.compile(
    r"(?P<systolic>高压|收缩压|上压|大压|上[面边头]|[高大]的)|(?P<diastolic>低压|舒张压|下压|小压|下[面边头]|[低小]的)"
)


def in_mmhg(number: Number) -> Number:
    """The number, taken for kPa where it is small enough."""
    return number.times(MMHG_PER_KPA, 0) if number.middle <= 40 else number


_PAUSE = re.compile(r"[.,、…\-呃嗯啊那个]+")
_LEAST_AFTER_PAUSE, _BELOW_ANY_DIASTOLIC = 10, 50


def across_pauses(text: str, numbers: list[Number]) -> list[Number]:
    """一百, 呃, 三十五: a hundred and the rest of it after a hesitation, where the rest is no low half."""
    joined: list[Number] = []
    for number in numbers:
        before = joined[-1] if joined else None
        if (
            before is not None
            and before.style is Style.UNITS
            and before.exact in (100, 200)
            and number.exact is not None
            and _LEAST_AFTER_PAUSE <= number.exact < _BELOW_ANY_DIASTOLIC
            and _PAUSE.fullmatch(text[before.end : number.start])
        ):
            whole = before.exact + number.exact
            joined[-1] = replace(
                number, start=before.start, core=(before.core[0], number.core[1]), low=whole, high=whole
            )
        else:
            joined.append(number)
    return joined


def split_run(number: Number) -> list[Number] | None:
    """一三五八五 (135 and 85): two halves told digit by digit in one run."""
    digits = number.digits
    if number.style not in (Style.RUN, Style.ARABIC) or len(digits) not in (4, 5, 6) or "." in digits:
        return None
    doubtful = len(digits) == 4 or number.style is Style.ARABIC
    cut = 2 if len(digits) == 4 and not digits.startswith("1") else 3
    at = number.core[0] + cut
    high, low = digits[:cut], digits[cut:]
    first = replace(
        number, low=float(high), high=float(high), end=at, core=(number.core[0], at), two_readings=doubtful
    )
    second = replace(number, start=at, low=float(low), high=float(low), core=(at, number.core[1]))
    return [first, second]


_HUNDREDS = re.compile(r"[一二两]百")


def split_at_gap(sentence: Sentence, number: Number) -> list[Number] | None:
    """一百 七十, told to a question for both halves: 100 and 70 with a pause, or 170 in a recogniser's words.

    Only a remainder that can be the low half of the hundred leaves a doubt; the two numbers are proposed.
    """
    start, end = number.core
    hundreds = _HUNDREDS.match(sentence.text, start)
    if number.style is not Style.UNITS or number.exact is None or not hundreds:
        return None
    if sentence.normalised.gaps(start, end) != [hundreds.end()]:
        return None
    high = number.exact // 100 * 100
    low, at = number.exact - high, hundreds.end()
    if low < _BELOW_ANY_DIASTOLIC or not sentence.text[at + 1 : end].startswith("十"):
        return None
    first = replace(
        number, low=high, high=high, end=at, core=(start, at), two_readings=True, style=Style.GAPPED
    )
    return [first, replace(number, start=at, low=low, high=low, core=(at, end))]


def roles_of(sentence: Sentence, numbers: Sequence[Number]) -> list[str | None]:
    """The half that words give each number, None where no word does."""
    text = sentence.text
    roles: list[str | None] = []
    at = 0
    labels: list[str] = []
    for index, number in enumerate(numbers):
        for found in _LABEL.finditer(text, at, number.core[0]):
            labels.append("systolic" if found["systolic"] else "diastolic")
        at = number.end
        behind = sentence.topic_of_span(number.core) if not labels else None
        if labels:
            more = index + 1 < len(numbers) and not _LABEL.search(
                text, number.end, numbers[index + 1].core[0]
            )
            role: str | None = labels.pop(0) if len(labels) == 2 and more else labels[-1]
            labels = labels if len(labels) == 1 and more and role != labels[0] else []
        elif behind in (Topic.SYSTOLIC, Topic.DIASTOLIC) and _labelled_behind(text, number):
            role = str(behind)
        else:
            role = None
        if _labelled_behind(text, number):
            found_behind = _LABEL.search(text, number.end)
            at = found_behind.end() if found_behind else at
        roles.append(role)
    return roles


def _labelled_behind(text: str, number: Number) -> bool:
    return bool(re.match(r"的(?:高压|低压|收缩压|舒张压)", text[number.end : number.end + 4]))
