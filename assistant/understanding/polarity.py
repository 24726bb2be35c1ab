"""Which of several findings in one utterance are affirmed and which denied.

Which negation governs which finding follows the order in which the speaker puts them: before
(没有头晕、恶心), behind (头晕没有, 恶心有点) or inside (头不晕).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from assistant.understanding.negation import denied, unmasked
from assistant.understanding.terms import Found


class _Sort(Enum):
    TERM = auto()
    NO = auto()
    YES = auto()
    COMMA = auto()
    BREAK = auto()


@dataclass(frozen=True, slots=True)
class _Token:
    sort: _Sort
    start: int
    end: int
    term: int = -1


_MARK = re.compile(
    r"(?P<break>[。;!?]|没有?(?:啥|什么)?(?:别的|其[他它])|但是?(?!凡)|不过|可是|就是(?!说)|只是|除了|反而"
    r"|倒是有|另外|然后|所以"
    r"|现在(?=[又还有])|是(?=[头心胸胃肚手脚腿眼耳恶呕咳发]))"
    r"|(?P<no>不是|没有(?:什么|过|啥|任何|再|出现过?|感觉到?)?|从来没有?|并没有?|没怎么|没啥|没(?!错|问题"
    r"|事)|不怎么|不太|不大|不会|不(?!错|过|舒服|好意|停"
    r"|断|是|清|知|用|想|要|行)|未|无(?!力))"
    r"|(?P<yes>倒是有|是有|有一?点儿?|有些|有时候?|有过|有(?!没有)|老是|总是"
    r"|老(?=[头心胸恶呕咳失睡鼻耳腿脚手])|经常|常常|偶尔|一直|还是|厉害|挺|蛮|严重|明显|轻微"
    r"|稍微|时不时|天天|每天|又(?=[头心胸恶呕咳]))"
    r"|(?P<comma>[,、])"
)
_DOUBLED = re.compile(r"(?:不是|怎么(?:可能|会)|不可能|不会|哪[能会])$")
LIST_END = re.compile(
    r"^(?:的|吗|么|这些|这个|那些|那个|什么的|之类的?|[,、]|等等?|全|都|也|倒是?|是|倒也?|就|从来|那倒|我|的话"
    r"|吧|嘛|呢"
    r"|啊|呀|现在|目前|症状|情况|情形|最近|基本上?)*$"
)
_WHOLE_NO = re.compile(r"(?:从来|并|都)?没有?(?:过|出现过?|感觉到?)?$")
_CLOSE = re.compile(
    r"$|[,。;!?、呢啊吧的了哦呀嘛哈你您]|就(?!诊|医)|但|可是|不过|只[是有]|这|那|什么|过|这个|现在|最近|我"
)
_REACH = re.compile(
    r"^(?:什么|啥|过|任何|再|出现|感觉|觉得|有|怎么|咋|太|很|明显|特别|那么|说|其[他它]|别的|的|了|和|跟|与"
    r"|及|或者?"
    r"|还有?|也|都|就是|这些?|那些?|这种|那种|什么的|老是?|经常|总是?|发现|发生|犯|得|像.{0,5}样|一点儿?|大"
    r"|一直|听到"
    r"|现在|最近|今天|因为|[,、是个])*$"
)
ALL_BUT = re.compile(r"除了(?!没)[^。;!?]*$")
"""除了有点头晕都没有: the denial is of everything but what comes before it."""
_ALL_LISTED = re.compile(r"(?:这些|那些|这个|什么的|之类的?|等等?|我|现在)*(?:[都全]|也都|倒都|就都)")


def affirmed(text: str, found: Sequence[Found]) -> list[bool]:
    """For each of `found` (in order, without overlaps), whether the speaker affirms it."""
    verdict = [not denied(term.gap) for term in found]
    tokens = _tokens(text, found)
    start = 0
    for end in [*(i for i, token in enumerate(tokens) if token.sort is _Sort.BREAK), len(tokens)]:
        _judge(text, tokens[start:end], verdict)
        start = end + 1
    return verdict


def _tokens(text: str, found: Sequence[Found]) -> list[_Token]:
    tokens = [_Token(_Sort.TERM, term.start, term.end, index) for index, term in enumerate(found)]
    bare = unmasked(text)
    inside = [(term.start, term.end) for term in found]
    for mark in _MARK.finditer(bare):
        if any(start <= mark.start() < end for start, end in inside):
            continue
        sort = {"break": _Sort.BREAK, "no": _Sort.NO, "yes": _Sort.YES, "comma": _Sort.COMMA}[
            mark.lastgroup or ""
        ]
        if sort is _Sort.NO and _DOUBLED.search(bare[: mark.start()]):
            sort = _Sort.YES
        tokens.append(_Token(sort, mark.start(), mark.end()))
    return sorted(tokens, key=lambda token: token.start)


def _judge(text: str, tokens: list[_Token], verdict: list[bool]) -> None:
    """Settle the terms of one stretch between breaks."""
    prefix: _Token | None = None
    open_terms: list[int] = []
    for index, token in enumerate(tokens):
        if token.sort is _Sort.TERM:
            if prefix and prefix.sort is _Sort.NO and _reaches(text, tokens, index):
                verdict[token.term] = False
            else:
                prefix = None if prefix and prefix.sort is _Sort.NO else prefix
                open_terms.append(token.term)
        elif token.sort is _Sort.COMMA:
            prefix = _carried(text, tokens, index, prefix)
        elif not _already_told(tokens, index, prefix) and _stands_behind(text, tokens, index):
            if token.sort is _Sort.NO:
                for term in open_terms:
                    verdict[term] = False
            elif prefix is None and index and tokens[index - 1].sort is _Sort.TERM:
                verdict[tokens[index - 1].term] = True
            open_terms = []
            prefix = None
        else:
            prefix = token
            if token.sort is _Sort.YES:
                open_terms = []


def _already_told(tokens: list[_Token], index: int, prefix: _Token | None) -> bool:
    """Whether a word before the last term has settled it: 有点头晕没有恶心, and nothing stands behind it."""
    if prefix is None:
        return False
    if prefix.sort is _Sort.NO:
        return True
    opens = index < 3 or tokens[index - 3].end < prefix.start
    return index >= 2 and tokens[index - 2] is prefix and opens


def _reaches(text: str, tokens: list[_Token], index: int) -> bool:
    """Whether a negation gets as far as this term: 没有什么头晕 does, 不吃药就头晕 does not."""
    between = text[tokens[index - 1].end : tokens[index].start] if index else ""
    return bool(_REACH.match(between))


def _carried(text: str, tokens: list[_Token], index: int, prefix: _Token | None) -> _Token | None:
    """Whether a negation reaches over a comma: 没有头晕, 恶心 does when only symptoms follow."""
    if prefix is None or prefix.sort is not _Sort.NO:
        return None
    if text[tokens[index].start] == "、":
        return prefix
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    if following is None or following.sort is not _Sort.TERM:
        return None
    bare = text[tokens[index].end : following.start] in ("", "也", "和", "还有")
    after = tokens[index + 2] if index + 2 < len(tokens) else None
    behind = (
        after is not None and after.sort in (_Sort.NO, _Sort.YES) and _stands_behind(text, tokens, index + 2)
    )
    whole = text[prefix.start : prefix.end].startswith("没有")
    return prefix if bare and whole and not behind else None


def _closes(text: str, no: _Token, after: _Token | None) -> bool:
    """Whether a negation ends what is said of a term (头晕没有) and begins nothing new (说胡话, 不认人)."""
    if not _WHOLE_NO.match(text[no.start : no.end]):
        return False
    return bool(_CLOSE.match(text, no.end)) or (after is not None and after.start == no.end)


def _stands_behind(text: str, tokens: list[_Token], index: int) -> bool:
    """Whether a 没有 or 有点 belongs to the symptom before it: 头晕没有."""
    before = tokens[index - 1] if index else None
    if before is not None and before.sort is _Sort.COMMA and index >= 2:
        # 头晕, 恶心, 都没有
        if tokens[index - 2].sort is _Sort.TERM and _ALL_LISTED.fullmatch(
            text[before.end : tokens[index].start]
        ):
            return True
        return False
    if before is None or before.sort is not _Sort.TERM:
        return False
    if not LIST_END.match(text[before.end : tokens[index].start]):
        return False
    if tokens[index].sort is _Sort.NO and ALL_BUT.search(text[: before.start]):
        return False
    after = tokens[index + 1] if index + 1 < len(tokens) else None
    if tokens[index].sort is _Sort.NO and not _closes(text, tokens[index], after):
        return False
    if after is None or after.sort is not _Sort.TERM:
        return True
    if after.start - tokens[index].end > 2:
        return True
    # Term, word, term: it stands behind only when the next term has a word of its own behind it.
    beyond = tokens[index + 2] if index + 2 < len(tokens) else None
    return beyond is not None and beyond.sort in (_Sort.NO, _Sort.YES) and beyond.start - after.end <= 3
