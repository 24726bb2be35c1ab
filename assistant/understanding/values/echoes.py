"""What an answer says of the predicate asked about: 没漏 to 您没有漏服药吧, 吃了 to 吃药了吗."""

import re
from dataclasses import dataclass

from assistant.understanding.negation import SEEMING, denied

ECHO, MATTER, AGREEMENT = 3, 2, 1


@dataclass(frozen=True, slots=True)
class Signal:
    """One piece of evidence: how strong, for or against, and where."""

    strength: int
    says_yes: bool
    start: int
    end: int


_TAKEN = r"吃(?!饭|东西)|服|用(?=药|着|了|过|的|$)|打(?=针|胰|了|着)|按时|规律|坚持"
_MISSED = r"漏|忘|停|断|落下"
_PREDICATES: tuple[tuple[str, str], ...] = (
    ("missed", _MISSED),
    ("taken", _TAKEN),
    ("smoke", r"抽|吸|戒(?=烟|酒|掉|了|没|不|$)"),
    ("drink", r"喝|饮酒|沾酒"),
    ("convenient", r"方便|有空|有时间|得空"),
    ("want", r"需要|愿意|想(?!问|一下|想)|要(?!是|么|紧)|同意|希望|乐意|用(?=了|不(?![着上])|$)|接受"),
    ("well", r"舒服|好受"),
    ("feel", r"晕|疼|痛|慌|闷|麻|肿|吐|喘|咳|烧|痒|恶心|难受|花|发热"),
    ("measure", r"量(?!的?多少)|测|称"),
    ("go", r"去|来(?![着过])|到(?=场|了|过)"),
    ("move", r"运动|锻炼|活动|散步|走路"),
    ("sleep", r"睡"),
    ("pregnant", r"怀孕|怀上|有喜"),
    ("fall", r"摔|跌"),
    ("hospital", r"住院|手术|开刀"),
    ("allergic", r"过敏"),
    ("home", r"在家|在(?=$|的|呢|,)"),
    ("hear", r"听清|听见|听到|听得[清见到]"),
    ("remember", r"记得|记住"),
    ("received", r"收到|看到"),
    ("satisfied", r"满意"),
    ("know", r"知道|了解|明白|清楚|懂"),
    ("alone", r"一个人|独居"),
    ("worry", r"担心|害怕"),
    ("same", r"还是(?=这|那|原|老|以前|$|[,。])|一样|照旧|老样子|原来的"),
    ("changed", r"换|变(?!成)|改|加了|减了|停(?=了|药)"),
    ("busy", r"忙(?!着问)|没空|没时间|没工夫|开会|开车|上班|有事(?!吗)"),
    ("can", r"能(?!不能)|会(?!不会)"),
)
_PREDICATE = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _PREDICATES))
_GAVE_UP = re.compile(r"戒")
# 没有 that is a whole answer, though no pause was written behind it: 没有我都按时吃的.
_CLOSED_NO = re.compile(
    r"(?:没有|没|不是)(?=我|咱|俺|天天|每天|一直|按时|都是?按)|不是(?=有时|偶尔|上[周个]|[昨前]天)"
)
_NOT_DONE = re.compile(
    r"(?:忘|忘了|忘记|忘记了|来不及|顾不上|懒得|没(?:有)?来得及|没(?:有)?顾[上得])$"
    r"|(?:(?:等|待|过)一?(?:会儿?|下)|一会儿|马上|回头|正要|正?准备)(?:就|再|要)*$"
)
"""Words before a predicate that leave it undone: forgotten, prevented, or still to come."""


def clause_before(text: str, at: int) -> str:
    """What the clause says before `at`, without an answer that is already whole."""
    start = max(text.rfind(mark, 0, at) for mark in ",。;!?") + 1
    start = max(start, *(text.rfind(word, start, at) + 1 for word in "就哦噢"))
    for closed in _CLOSED_NO.finditer(text, start, at):
        start = closed.end()
    return text[start:at]


def echoes_in(text: str, question: str) -> list[Signal]:
    """The signals of every predicate in the normalised answer that the normalised question asks about."""
    asked = {found.lastgroup for found in _PREDICATE.finditer(question)}
    if "missed" in asked:
        asked.discard("taken")
    asked.discard("can")
    if not asked & {name for name, _ in _PREDICATES}:
        return []
    signals = []
    for found in _PREDICATE.finditer(text):
        name = found.lastgroup or ""
        sense = _sense(name, found.group(), asked, question)
        if sense is None or _seems(text, found.start()):
            continue
        before = clause_before(text, found.start())
        # 不晕不晕 says it twice.
        before = before.rpartition(found.group())[2]
        if before.endswith("怎么"):
            continue
        if name == "taken" and re.search(rf"(?:{_MISSED})[了记掉]?$", before):
            continue
        undone = _NOT_DONE.search(before) if name != "missed" else None
        says = sense != (not denied(before[: undone.start()]) if undone else denied(before))
        if _must(text, before, found.end()):
            says = not says
        signals.append(Signal(ECHO, says, found.start(), found.end()))
    return signals


def _must(text: str, before: str, end: int) -> bool:
    """不吃不行, 不吃才怪, 敢不吃吗: what would go wrong without it, so that it is done."""
    if not re.search(r"不$", before):
        return False
    unthinkable = re.match(r"[^,。;]{0,3}?(?:不行|不成|才怪|都?难受)", text[end:])
    return bool(unthinkable or (re.search(r"[能敢]不$", before) and re.search(r"吗[?啊呀]?$", text)))


def _seems(text: str, at: int) -> bool:
    return any(found.start() <= at < found.end() for found in SEEMING.finditer(text))


def _sense(name: str, word: str, asked: set[str | None], question: str) -> bool | None:
    """What this predicate says, undenied, about the one asked for; None when it says nothing."""
    if "missed" in asked and name in ("missed", "taken"):
        return name == "missed"
    if "taken" in asked and name in ("missed", "taken"):
        return name == "taken"
    if "same" in asked and name in ("same", "changed"):
        return name == "same"
    if "convenient" in asked and name == "busy":
        return False
    if name == "smoke" and "drink" in asked and _GAVE_UP.search(word):
        return bool(_GAVE_UP.search(question))
    if name not in asked:
        return None
    if name == "feel" and not re.search(r"不舒服|不适|反应|哪里", question):
        return True if word in question else None
    if name == "smoke":
        quits = bool(_GAVE_UP.search(word))
        return quits == bool(_GAVE_UP.search(question))
    if name == "well":
        return not re.search(r"不舒服|不好受", question)
    return True
