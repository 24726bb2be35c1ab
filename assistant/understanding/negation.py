"""Chinese negation: which words negate, which only look so, and what two of them make."""

import re

# Words that contain 不 or 没 without denying anything.
SEEMING = re.compile(
    r"没问题|没事|没错|不错|可不是?[嘛吗么]?|谁说不是|不用说|不瞒你|差不多|不好意思|对不起|没关系|不客气"
    r"|要不然?|不过|不但|不仅|不管|不光|不得了|了不得|不停|不断"
    r"|(?<![不没])([一-鿿])不\1|是不是|算不算|有没有|好不好|能不能|会不会|行不行|对不对|要不要|可不可以|方不方便|吃没吃|抽不抽"
    r"|喝不喝|不好说|来不及|不知道|不晓得|不清楚|不记得|不确定|不一定|没听清|没听见"
    r"|没听懂|不如|只不过|用不着说|不由得|不妨|不愧|不论|不免|没准|说不定|不同意?见|巴不得|恨不得|动不动"
)
_NEGATOR = re.compile(
    r"没有?(?!错|问题|关系)|不(?!错|过|管|但|仅|光|得了|停|断)|未|无(?!所谓|论)|(?<![特分区级个类性差])别(?!的|人|处|说)|甭|从不"
    r"|并非|哪有|哪里有|非(?!常|洛|得)|绝(?!对)"
)
_RHETORICAL = re.compile(
    r"怎么(?:可能|会|能|敢|好意思)|怎么(?=没|不)|谁说(?=不|没)|哪[能会敢]|哪里[能会敢]|难道|岂"
    r"|谁(?=[会能敢想要肯]|$)|咋(?:可能|会|能)|(?<!可)能有(?:什么|啥)"
)
_LESSENING = re.compile(r"(?<=没)少$|(?<=不)少$")


def unmasked(text: str) -> str:
    """`text` with the seeming negations blanked out, offsets kept."""
    return SEEMING.sub(lambda found: "〇" * len(found.group()), text)


def negations(text: str) -> list[tuple[int, int]]:
    """[start, end) of every real negation, rhetorical question or lessening word in `text`."""
    bare = unmasked(text)
    marks = [
        found.span() for pattern in (_NEGATOR, _RHETORICAL, _LESSENING) for found in pattern.finditer(bare)
    ]
    return sorted(marks)


def denied(text: str) -> bool:
    """Whether the negations of `text`, which ends where the word judged begins, leave it denied."""
    return len(negations(text)) % 2 == 1
