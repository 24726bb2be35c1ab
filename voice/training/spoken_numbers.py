"""Numbers, dates and times in the ways that people say them on the telephone, chosen at random.

Every function gives a list of words, one character each, so that the language model learns how numbers are
built rather than which numbers are common.
"""

from random import Random

from voice.numerals import DIGITS, cardinal


def integer(value: int, random: Random) -> str:
    """One way to say `value`: 一百四十五, 一百四, 一四五, 两百, 幺三五."""
    full = cardinal(value)
    if 100 <= value < 1000:
        choice = random.random()
        if choice < 0.25:
            return digit_by_digit(str(value), random)
        if value % 100 and value % 10 == 0 and choice < 0.75:
            full = full.removesuffix("十")
        if 200 <= value < 300 and random.random() < 0.6:
            full = "两" + full[1:]
    elif 2000 <= value < 3000 and random.random() < 0.8:
        full = "两" + full[1:]
    elif 20 <= value < 100 and random.random() < 0.12:
        return digit_by_digit(str(value), random)
    return full


def digit_by_digit(digits: str, random: Random, yao: float = 0.25) -> str:
    """Digits read one by one; with probability `yao` every 1 is 幺."""
    one = "幺" if random.random() < yao else "一"
    return "".join(one if digit == "1" else DIGITS[int(digit)] for digit in digits)


def decimal(low: int, high: int, random: Random) -> str:
    """A number with one decimal, between the two whole numbers: 六点五, 十三点二."""
    return cardinal(random.randint(low, min(high, 99))) + "点" + DIGITS[random.randint(0, 9)]


def year(low: int, high: int, random: Random) -> str:
    """A year digit by digit, four digits or the last two: 一九五八, 五八."""
    digits = str(random.randint(low, high))
    return "".join(DIGITS[int(digit)] for digit in (digits if random.random() < 0.75 else digits[2:]))


def date(random: Random) -> str:
    """A day of the year: 十二月八号, 三月十五日."""
    return (
        cardinal(random.randint(1, 12))
        + "月"
        + cardinal(random.randint(1, 31))
        + random.choice(["号", "号", "日"])
    )


def clock(random: Random) -> str:
    """A time of day on the hour, half or quarter: 三点, 九点半, 两点一刻, 八点二十."""
    hour = random.randint(1, 12)
    text = ("两" if hour == 2 else cardinal(hour)) + "点"
    ending = random.choice(["", "", "", "钟", "半", "半", "一刻", "minutes"])
    return text + (cardinal(random.choice([10, 20, 30, 40, 50])) if ending == "minutes" else ending)
