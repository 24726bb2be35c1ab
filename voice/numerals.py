"""Numbers written in Chinese characters as they are said."""

DIGITS = "零一二三四五六七八九"
PLACES = ((100_000_000, "亿"), (10_000, "万"), (1000, "千"), (100, "百"), (10, "十"))
LARGEST = 10**12 - 1


def cardinal(value: int) -> str:
    """A whole number: 145 is 一百四十五, 105 一百零五, 112 一百一十二, 12 十二, -3 负三."""
    if value < 0:
        return "负" + cardinal(-value)
    if value > LARGEST:
        return one_by_one(str(value))
    text = _grouped(value)
    return text.removeprefix("一") if text.startswith("一十") else text


def _grouped(value: int) -> str:
    for size, name in PLACES:
        head, rest = divmod(value, size)
        if head:
            gap = "零" if 0 < rest < size // 10 else ""
            return _grouped(head) + name + gap + (_grouped(rest) if rest else "")
    return DIGITS[value]


def decimal(number: str) -> str:
    """A number with a decimal point, as written: 6.5 is 六点五, 16.70 十六点七零."""
    whole, _, fraction = number.partition(".")
    return cardinal(int(whole or 0)) + ("点" + one_by_one(fraction) if fraction else "")


def one_by_one(digits: str, *, one: str = "一") -> str:
    """Digits read one by one, other signs kept; `one` is 幺 on the telephone."""
    return "".join(one if d == "1" else DIGITS[int(d)] if d.isascii() and d.isdigit() else d for d in digits)
