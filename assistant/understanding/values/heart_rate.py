"""Heart rate in beats per minute."""

import re

from assistant.dialogue.meaning import Value, ValueKind
from assistant.understanding.context import Context
from assistant.understanding.sentence import Sentence
from assistant.understanding.topics import PRESSURES, Topic
from assistant.understanding.values import single, vague

LEAST_BPM, MOST_BPM = 30, 220
"""Beyond these a living adult's reading is more likely misheard; the form's own range may be narrower."""

_PER_DAY = re.compile(r"[天日周]|星期|礼拜|吃|服|运动|锻炼")


def parse(sentence: Sentence, context: Context) -> list[Value]:
    """The patient's heart rate, or what must be confirmed of it."""
    asked = context.expects is ValueKind.HEART_RATE
    counted = asked and not _PER_DAY.search(sentence.text)
    topics = (Topic.HEART_RATE, Topic.FREQUENCY) if counted else (Topic.HEART_RATE,)
    numbers = single.numbers_for(sentence, context, ValueKind.HEART_RATE, *topics)
    if asked and not numbers and len(sentence.numbers) == len(sentence.about(*PRESSURES)) == 3:
        numbers = list(sentence.numbers[2:])
    number = single.latest(sentence, numbers)
    if number is None:
        return vague.parse(sentence, context, ValueKind.HEART_RATE)
    # Two bare numbers in a row (一百五九十) are a blood pressure given in the wrong place.
    bare = [n for n in numbers if sentence.topic_of_span(n.core) is Topic.BARE]
    pressure_like = len(bare) >= 2 and bare[0].end == bare[1].start and bare[0].middle > bare[1].middle
    doubtful = (
        single.in_doubt(sentence, numbers)
        or pressure_like
        or not single.within(number, LEAST_BPM, MOST_BPM)
        or (number.low is not None and number.high is not None and number.high - number.low > 40)
        or (not number.middle.is_integer() and number.exact is not None)
    )
    value = None if pressure_like else {"bpm": number.json()}
    return [
        sentence.value(
            ValueKind.HEART_RATE, value, (number.start, number.end), number.approx, confirm=doubtful
        )
    ]
