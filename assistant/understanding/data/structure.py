"""The structure of a sentence: what is left when names, numbers and filler words are taken away.

Two examples with one structure are one pattern said twice; what a model learns from the second is a name.
"""

import re
import unicodedata

from assistant.understanding.data.example import Example

_NOT_COUNTED = (
    "一样 一直 一般 一起 一定 一会儿 一下子 一下 一点 一些 一边 一路 一辈子 唯一 统一 万一 千万 十分 半天 "
    "三高 不三不四 乱七八糟 七上八下"
)
_NUMERAL = re.compile(
    rf"(?P<word>{'|'.join(_NOT_COUNTED.split())})"
    r"|第?(?:[0-9０-９]+(?:[.．:：/／][0-9０-９]+)*|[零〇一二三四五六七八九十百千万两俩仨几半]+)+(?:点[零〇一二三四五六七八九]+)?"
)
_FILLER = re.compile(
    r"就是说|怎么说呢?|你看啊|你说说|这个嘛|那个啥|那个那个|这个这个|我跟你说|你好|您好|喂|嗯|呃|额|哎呀|哎哟|哎|唉|诶|欸|哦|噢|喔|啊|哈"
)
_PARTICLE = re.compile(r"[了吧呢吗嘛么呀啦咯喽呗哩哟哇的地得着过您你]")
_HESITATION = re.compile(r"^(?:(?:那个|这个|就是)(?!人|事|药|病|大夫|医生|电话|号))+")
_MASKS = re.compile(r"[{}#]")
_REPEATED = re.compile(r"((?:\{\w+\}|[^a-z0-9_{}]){1,4}?)\1+")


def structure(example: Example) -> str:
    """The pattern of an example: `{entity}` for names, `#` for numbers, no fillers, particles or punctuation.

    Never empty: where nothing else is said, the fillers are what is said.
    """
    pieces = _pieces(example)
    bare = "".join(piece if entity else _numbers_masked(_MASKS.sub("", piece)) for entity, piece in pieces)
    letters = _letters(bare)
    kept = _HESITATION.sub("", _FILLER.sub("", letters))
    kept = _once(_PARTICLE.sub("", kept))
    return kept or _once(letters) or "".join(example.text.split())


def _pieces(example: Example) -> list[tuple[bool, str]]:
    """The text cut at its annotations: (is an entity, its mask or the words)."""
    pieces: list[tuple[bool, str]] = []
    position = 0
    for one in sorted(example.annotations, key=lambda one: (one.start, -one.end)):
        if one.start < position:
            continue  # another entity on the same words
        pieces += [(False, example.text[position : one.start]), (True, f"{{{one.entity}}}")]
        position = one.end
    return [*pieces, (False, example.text[position:])]


def _numbers_masked(text: str) -> str:
    return _NUMERAL.sub(lambda found: found["word"] or "#", text)


def _letters(text: str) -> str:
    """Letters, digits and masks, in lower case; no punctuation, spaces or pictures."""
    return "".join(
        character
        for character in unicodedata.normalize("NFKC", text).lower()
        if character in "{}#_" or unicodedata.category(character)[0] in "LMN"
    )


def _once(text: str) -> str:
    """What is said several times over, once: 对对对 is 对."""
    return _REPEATED.sub(r"\1", text)
