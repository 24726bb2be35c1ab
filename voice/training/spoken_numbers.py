"""Numbers, dates and times in the ways that people say them on the telephone, chosen at random.

Every function gives a list of words, one character each, so that the language model learns how numbers are
built rather than which numbers are common.
"""

from random import Random

DIGITS = "零一二三四五六七八九"


def below_hundred(value: int) -> str:
    """0-99 in the plain form: 四十五, 十二, 七."""
    tens, ones = divmod(value, 10)
    if tens == 0:
        return DIGITS[ones]
    head = "十" if tens == 1 else DIGITS[tens] + "十"
    return head + (DIGITS[ones] if ones else "")


def cardinal(value: int) -> str:
    """0-99999 in the full form: 一百零五, 一百一十二, 三千五百."""
    if value < 100:
        return below_hundred(value)
    for size, name in ((10000, "万"), (1000, "千"), (100, "百")):
        head, rest = divmod(value, size)
        if head == 0:
            continue
        text = cardinal(head) + name
        if rest == 0:
            return text
        if rest < size // 10:
            return text + "零" + cardinal(rest)
        return text + ("一" + cardinal(rest) if 10 <= rest < 20 else cardinal(rest))
    raise ValueError(f"{value} is outside 0-99999")


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
    elif value >= 1000 and 2000 <= value < 3000 and random.random() < 0.8:
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
    return below_hundred(random.randint(low, min(high, 99))) + "点" + DIGITS[random.randint(0, 9)]


def year(low: int, high: int, random: Random) -> str:
    """A year digit by digit, four digits or the last two: 一九五八, 五八."""
    digits = str(random.randint(low, high))
    return "".join(DIGITS[int(digit)] for digit in (digits if random.random() < 0.75 else digits[2:]))


def date(random: Random) -> str:
    """A day of the year: 十二月八号, 三月十五日."""
    return (
        below_hundred(random.randint(1, 12))
        + "月"
        + below_hundred(random.randint(1, 31))
        + random.choice(["号", "号", "日"])
    )


def clock(random: Random) -> str:
    """A time of day on the hour, half or quarter: 三点, 九点半, 两点一刻, 八点二十."""
    hour = random.randint(1, 12)
    text = ("两" if hour == 2 else below_hundred(hour)) + "点"
    ending = random.choice(["", "", "", "钟", "半", "半", "一刻", "minutes"])
    return text + (below_hundred(random.choice([10, 20, 30, 40, 50])) if ending == "minutes" else ending)
