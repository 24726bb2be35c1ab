"""Slips mended inside one utterance: 一百五，不对，一百四十五."""

import re

_REPAIR = re.compile(
    r"(?:啊|哦|噢|诶|哎|呃|嗯)?,?(?:不对不对|不对|不是不是|错了错了|说错了|我?说错|我?记错了?|我?看错了?"
    r"|错了|口误|更正一下|更正"
    r"|[啊哦噢诶哎呃]不(?:是|(?=,))|不不不?|哦不|啊不(?![敢能会想要用行吃喝抽怎太晕疼痛舒])|应该是|改成|重来|重新说|等[一会]?下?,?是"
    r"|[哦噢](?=[零一二两三四五六七八九十0-9])|(?<=[零一二三四五六七八九十百0-9号点日月])不(?=[零一二两三四五六七八九十0-9]))(?:啊|哦|了"
    r"|的)?,?(?:是|应该是|应该|叫)?"
)
# An earlier answer is taken back.
_EARLIER = re.compile(
    r"(?:刚才|刚刚|前面|之前|上一?个|上面|刚|那个|先前|开头)(?:我)?.{0,8}(?:说|讲|答|报|弄|搞|记|看"
    r"|问题)?.{0,4}(?:错|不对|不准|不是)"
    r"|(?:我)?(?:说|讲|记|看|搞|弄|报|答)错了|更正|纠正|改一下|(?:要|想)改|(?:刚才|前面|之前"
    r"|上一?个).{0,8}(?:其实|应该是|改成|不是)"
)
_DENIED = re.compile(r"(?<!是)不是$|(?<!有)没有$")


def repairs(text: str) -> list[tuple[int, int]]:
    """[start, end) of every place where the speaker takes back what was said just before."""
    return [found.span() for found in _REPAIR.finditer(text)]


def contradicting(text: str, end: int, start: int) -> bool:
    """Whether 不是 between two items says which of them is meant no better than the reverse.

    七十六不是六十七 may mend the first or only ward off the second; 是七十六不是六十七 leaves no doubt.
    """
    return text[end:start] == "不是" and not re.search(r"是[^,。;]{0,8}$", text[:end])


def taken_back(text: str) -> re.Match[str] | None:
    """Where an earlier answer is taken back: 刚才说错了."""
    return _EARLIER.search(text)


_NOTHING_SAID = re.compile(r"(?:[嗯啊哦噢诶哎呃呀,。、]|[那这]个|我(?:想想|看看)|我[跟和]你说)*")


def struck(text: str, start: int) -> bool:
    """Whether the number or word at `start` is said only to be denied: 不是一百五, 是一百四.

    In 淡, 哦不是, 咸 the denial is of what came before.
    """
    if not _DENIED.search(text[max(0, start - 4) : start]):
        return False
    return not any(
        end == start and not _NOTHING_SAID.fullmatch(text, 0, begin) for begin, end in repairs(text)
    )


def _goes_on(text: str, end: int, start: int) -> bool:
    """Whether a denied item goes on with the next: at once, or after a comma when a 是 is still to come."""
    gap = text[end:start]
    return gap in ("", "/") or (gap in (",", "、") and "是" in text[start:])


def segments(text: str, starts: list[int], ends: list[int] | None = None) -> list[list[int]]:
    """Indices of the items [starts, ends), grouped by the repairs between them, in order.

    Only a repair with an item before and after it divides; later groups replace the like in earlier ones.
    """
    groups: list[list[int]] = [[]]
    marks = repairs(text)
    ends = ends or starts
    denying = False
    for index, start in enumerate(starts):
        # 不是一百四九十 denies both numbers, up to the 是 that brings the right ones.
        denied = struck(text, start) and not (index and contradicting(text, ends[index - 1], start))
        denying = denied or (denying and _goes_on(text, ends[index - 1], start))
        if denying:
            continue
        previous = groups[-1][-1] if groups[-1] else None
        if previous is not None and any(starts[previous] < begin < start for begin, _ in marks):
            groups.append([])
        groups[-1].append(index)
    return [group for group in groups if group]
