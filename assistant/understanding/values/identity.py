"""Who is speaking, whether it is the patient, and the birth year or digits that prove it.

不在了 and 走了 say of the old that they have died, or only gone out: taken for a death, and asked about,
unless the words beside them settle it. Shape: values.md, `identity`; `is_patient` is null when only a proof
is given.
"""

import re

from pydantic import JsonValue

from assistant.dialogue.meaning import Value, ValueKind
from assistant.dialogue.slots import Speaker
from assistant.understanding.context import Context
from assistant.understanding.normalise import normalise
from assistant.understanding.sentence import Sentence
from assistant.understanding.values.deaths import DEAD, death_in
from assistant.understanding.values.proofs import ASKS_DIGITS, ASKS_YEAR, proofs_in

_WRONG = re.compile(
    r"打错|[号话码]换人|错了?号|弄错|搞错|拨错|没(?:有)?这个?人|(?<!医生我)(?<!大夫我)不认识(?:他|她|这个?人|什么|$|[,。])(?!字)|没(?:有)?叫(?:这个|[一-鿿]{1,4}的)|查无此人"
    r"|不是这个(?:号|人)|号码(?:错|换|不对)|换号|新(?:换|买|办)的(?:号|卡)|(?:号码?|卡|电话)是?我?(?:刚"
    r"|新)(?:买|办|换)|你找错|(?<!医生我)不认识(?!字|路|药).{1,4}$"
)

_MOVED = re.compile(
    r"(?:^|[,。])(?:她|他|人家|人|老人家?|老太太|老爷子)(?:早就?|已经|都|去年|前年)*(?:搬(?:走|家)了|不住(?:这|在这))"
)
"""Where the patient is asked for, the number is no longer the patient's."""

_RELATIONS: tuple[tuple[str, str], ...] = (
    (
        "relative",
        r"儿媳妇?|媳妇儿?(?=$|[,。])|女婿|孙子|孙女儿?|外孙女?|侄子|侄女|外甥女?|哥哥?|弟弟?|姐姐?|妹妹?"
        r"|嫂子|弟媳|妹夫|姐夫|亲戚|家属|家里人|家人|亲属|外婆"
        r"|奶奶|爷爷|婆婆|公公|岳母|岳父|姑|舅|姨",
    ),
    ("child", r"大?(?:女儿|儿子|闺女|丫头)|孩子|小儿子|小女儿"),
    ("spouse", r"老伴儿?|爱人|老公|老婆|丈夫|妻子|先生|太太|老头子?|内人|对象"),
    ("parent", r"妈妈?|爸爸?|母亲|父亲|娘|爹"),
    ("carer", r"保姆|护工|阿姨(?=$|[,。])|照顾[他她]的|护理员|陪护|钟点工"),
    (
        "other",
        r"邻居|对门|楼[上下]|隔壁|朋友|同事|房东|室友|居委会?|村委会?|社区|物业|社工|志愿者|网格员|司机|同学",
    ),
)
# 我是她女儿, 我是王秀英的女儿, 我是居委会的.
_I_AM = re.compile(
    r"(?<!不)(?<!问)我(?:就)?是[^,。;!?]{0,7}?(?:[大小二三]|亲)?(?:"
    + "|".join(f"(?P<{name}>{pattern})" for name, pattern in _RELATIONS)
    + r")(?:儿)?(?=$|[,。!?的啊呀哦呢吧嘛你您他她跟有什这那])"
)
# 我妈不在: the patient is named by the speaker's word for him.
_MY_PATIENT: tuple[tuple[str, str], ...] = (
    ("child", r"(?:我|俺|咱)(?:老)?(?:妈妈?|爸爸?|母亲|父亲|娘|爹|老爸|老妈|家老人|家老爷子|家老太太)"),
    ("spouse", r"(?:我|俺)(?:家)?(?:老伴儿?|爱人|老公|老婆|丈夫|妻子|家那口子|媳妇|先生|太太|老头子?)"),
    (
        "relative",
        r"(?:我|俺)(?:奶奶|爷爷|外婆|外公|姥姥|姥爷|婆婆|公公|岳母|岳父|丈母娘|老丈人|姑|舅|姨|叔|哥|姐)",
    ),
    ("parent", r"(?:我|俺)(?:儿子|女儿|闺女|孩子|家孩子|宝宝)"),
)
# 老伴买菜去了: at the beginning, and gone about something, the word alone names the patient.
_BARE_KIN = re.compile(
    r"^(?:嗯|哦|啊|哎|喂|,)*(?:(?P<spouse>老伴儿?|老公|老婆|爱人)|(?P<child>老妈|老爸|妈|爸)(?!妈|爸))"
)
_MY = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _MY_PATIENT))
_ABOUT_THEM = re.compile(
    r"不在|[^,。我]{1,4}去了|出去|出门|去[了买上]|睡|午休|忙|没空|不方便|听不[清见]|耳朵|耳背|住院|在(?:医院|外面|睡|吃|洗"
    r"|洗澡|厨房|家)|去世|过世|走了|没了|不会说|说不了|不识字|你跟我说"
    r"|跟我说|我来(?:回答|说)|我(?:替|帮)|在旁边|叫[他她]|上班|手机|病重|瘫|糊涂"
)
_ABSENT = re.compile(
    r"(?:他|她|人|老人家?|老太太|老爷子)(?:现在|今天|这会儿?|又|也|刚)?(?:还|都|刚刚?|是)*(?:不在|出去|出门"
    r"|走了?|睡|去|上班|上学|住院|瘫|听不|说不了|病重|糊涂|不方便|没空|在(?:睡|洗|医院|外[面头]|楼[上下]|院子|住院|厨房|忙"
    r"|上班|午休|休息)|没在)|(?:^|[,。])(?:现在"
    r"|人)?不在(?:家|$|[,。])|不在家"
)
_FETCHES = re.compile(
    r"(?:叫|喊|让|换)(?:一下)?(?:他|她|我妈|我爸|我老伴|老伴|我爱人|我婆婆|我公公|我奶奶|我爷爷)(?:来|过来"
    r"|接|听)?|给你叫|[他她]来接"
)
_SELF = re.compile(
    r"我就是(?=[你您](?:说|讲|有))|(?<!不)(?<!不是)我(?:就)?是(?!谁|什么|啥|哪|干|的[^,。啊呀呢]|[他她您你一在]|不是|说|想|因|有|没|来|要|问|叫|怕|觉得|老|五|六|七|四"
    r"|三|[0-9])|(?:^"
    r"|[,。嗯对哎啊是])是我(?!们|妈|爸|女|儿|老|的)|就是我(?!们|妈|爸|女|儿|老|的)|本人|我自己|(?:^"
    r"|[,。])我啊|找我"
)
_KIN_WORD = r"[妈爸女儿老爱先太家婆公爷奶姐哥弟妹丈叔姑舅姨岳媳孙爹娘母父闺外侄]"
_SELF_FIRST = re.compile(
    rf"^(?:嗯|对|哎呀?|喂|啊|,)*(?:是我(?![们的]|{_KIN_WORD})|我就?是(?=[,。!啊呀的]|$|我))"
)
"""Says first of all that the patient speaks: who is gone after that is somebody else (是我, 我老伴走了)."""
_NOT_SELF = re.compile(r"不是我(?!不|自己)|我不是|不是本人|不是(?:她|他)|我不叫|我不姓")
_YES = re.compile(
    r"^(?:嗯+|喂|哎|诶|哦|啊|你好|您好|,|那个)*(?:是+(?:的|啊|呀|我|$|[,。!嘞])|对(?!不起|方)|嗯+(?=[,。]?$)"
    r"|没错|正是|[哎诶](?=[,。]?$))"
)
_LISTENS = re.compile(
    r"^(?:嗯+|喂|哎|诶|哦|啊|你好|您好|,|那|就)*(?:我?在(?:呢|的|啊|这呢?|听呢?)?|我?(?:在)?听着(?:呢|吶|啊)?|(?:有(?:话|事)就?)?[你您]?快?[说讲]吧?)"
    r"[,。!]?(?:(?:有(?:什么|啥)事|[你您]?快?[说讲]吧?)[,。!]?)?$"
)
"""Speaks up when asked for by name: 在呢, 说吧, 我听着呢."""
_ASKS_SELF = re.compile(r"是[^,。?]{2,8}(?:本人|吗)")
_NO = re.compile(r"^(?:嗯|喂|哎|诶|哦|啊|你好|您好|,)*(?:不是|不(?=$|[,。])|错了)")

_ASKS_KIN = re.compile(r"家属|家里人|家人|亲属")
_ASKED_NAME = re.compile(
    r"请问您?(?:这里)?是([一-鿿]{2,4}?)(?:本人|女士|先生|阿姨|叔叔|大[爷妈]|奶奶|爷爷|老师|吗|的家|家)"
)


def parse(sentence: Sentence, context: Context) -> list[Value]:
    """Who speaks and what proves it; a death is found whatever was asked."""
    text = sentence.text.replace("俺", "我")
    asked = context.expects is ValueKind.IDENTITY
    herself = asked and bool(_SELF_FIRST.search(text))
    value: dict[str, JsonValue] = {}
    spans: list[tuple[int, int]] = []
    doubtful = False
    relation = None if herself else _relation(text, asked)
    if relation is None and asked and not herself:
        relation = _agreed_kin(text, context)
    if relation:
        value["relation"], span = relation
        spans.append(span)
    death = None if herself else death_in(text)
    if death:
        value["status"] = "deceased"
        doubtful = death[1]
        spans.append(death[0])
    is_patient, span = _is_patient(text, asked, bool(relation or death), sentence, context)
    if is_patient is not None:
        spans.append(span)
    proofs, proof_spans, unsure = proofs_in(text, context) if asked else ({}, [], False)
    spans += proof_spans
    if not asked and not relation and not death and not (is_patient is False and _WRONG.search(text)):
        return []
    if is_patient is None and not value and not proofs:
        if unsure or _failed_proof(sentence, context):
            return [sentence.value(ValueKind.IDENTITY, None, (0, len(text)), confirm=True)]
        return []
    whole: dict[str, JsonValue] = {"is_patient": is_patient, **value, **proofs}
    span = (min(start for start, _ in spans), max(end for _, end in spans))
    return [sentence.value(ValueKind.IDENTITY, whole, span, confirm=doubtful)]


def wrong_number(text: str) -> bool:
    """Whether the normalised `text` says that the number is not the patient's."""
    return bool(_WRONG.search(text) or _MOVED.search(text))


def fetches_patient(text: str) -> bool:
    """Whether somebody goes to get the patient: 我叫她来接."""
    return bool(_FETCHES.search(text))


def _failed_proof(sentence: Sentence, context: Context) -> bool:
    """Numbers given for a proof that are none: an age, 三千四百二十一."""
    wants = ASKS_YEAR.search(context.question) or ASKS_DIGITS.search(context.question)
    return bool(wants) and any(number.middle >= 10 for number in sentence.numbers)


def _relation(text: str, asked: bool) -> tuple[str, tuple[int, int]] | None:
    if re.search(r"照顾[他她]的", text) and "我" in text:
        return "carer", (0, len(text))
    if found := _I_AM.search(text):
        return found.lastgroup or "other", found.span()
    mine = _MY.search(text)
    if mine is None and asked:
        mine = _BARE_KIN.search(text)
    if not mine:
        return None
    if not asked and not DEAD.search(text) and not re.search(r"不在家|出去|出门|没在", text[mine.end() :]):
        return None
    if _ABOUT_THEM.search(text[mine.end() :]) or re.search(r"(?<!不)(?<!我)是$", text[: mine.start()]):
        return mine.lastgroup or "other", mine.span()
    return None


def _agreed_kin(text: str, context: Context) -> tuple[str, tuple[int, int]] | None:
    """A yes to 您是王秀英的家属吗: the relative who was expected, else one whose relation is not known."""
    if not _ASKS_KIN.search(context.question) or _NOT_SELF.search(text) or _SELF.search(text):
        return None
    found = _YES.search(text)
    if found is None:
        return None
    return ("relative" if context.speaker is Speaker.SELF else context.speaker.value), found.span()


def _is_patient(
    text: str, asked: bool, somebody_else: bool, sentence: Sentence, context: Context
) -> tuple[bool | None, tuple[int, int]]:
    if somebody_else:
        return False, (0, 0) if not text else (0, len(text))
    for pattern in (_WRONG, _MOVED, _NOT_SELF, _ABSENT, _FETCHES) if asked else (_WRONG, _NOT_SELF, _ABSENT):
        if found := pattern.search(text):
            return False, found.span()
    if not asked:
        return None, (0, 0)
    if ASKS_YEAR.search(context.question) or ASKS_DIGITS.search(context.question):
        agreed = _SELF.search(text)
        return (
            (True, agreed.span())
            if agreed and not re.match(r"我是[一二0-9零]", agreed.group())
            else (None, (0, 0))
        )
    if found := _SELF.search(text):
        return _named_rightly(text, found, context)
    if named := _by_name(text, context):
        return named
    if _ASKS_KIN.search(context.question):
        # 您是王秀英的家属吗: yes is somebody else than the patient, no is nobody known.
        found = _YES.search(text) or _NO.search(text)
        return (False, found.span()) if found else (None, (0, 0))
    if found := _NO.search(text):
        return False, found.span()
    if found := _YES.search(text):
        return True, found.span()
    if _ASKS_SELF.search(context.question) and (found := _LISTENS.match(text)):
        return True, found.span()
    return None, (0, 0)


def _named_rightly(text: str, found: re.Match[str], context: Context) -> tuple[bool | None, tuple[int, int]]:
    """我是李梅 to 请问是王秀英吗 is somebody else; 我是王秀英 is she."""
    name = (
        re.match(r"([一-鿿]{2,4}?)(?=[啊呀哦呢吧嘛哈]?(?:$|[,。!]))", text[found.end() :])
        if found.group().endswith("是")
        else None
    )
    question = normalise(context.question).text
    if (
        name is None
        or name[1] in question
        or re.match(r"[啊呀的呢吧嘛哦你您]|本人|自己|什么|谁|哪|我", name[1])
    ):
        return True, found.span()
    if re.search(r"[先生女士阿姨叔爷奶]", name[1]) and name[1][0] in question:
        return True, (found.start(), found.end() + name.end())
    return False, (found.start(), found.end() + name.end())


def _by_name(text: str, context: Context) -> tuple[bool, tuple[int, int]] | None:
    """是王秀英, 王秀英是我, 我叫李梅."""
    asked = _ASKED_NAME.search(normalise(context.question).text)
    if found := re.search(r"我叫([一-鿿]{2,4})(?=$|[,。!])", text):
        return bool(asked and found[1] in asked[1]), found.span()
    if asked and asked[1] in text and not re.search(r"不是|不叫|的", text):
        at = text.index(asked[1])
        behind = re.match(
            rf"$|[,。!啊呀吗]|本人|就?是我(?![们的]|{_KIN_WORD})|我", text[at + len(asked[1]) :]
        )
        if behind and (re.search(r"(?:^|[,。])(?:我|就|嗯|对|哎)*是?$", text[:at]) or "是我" in text):
            return True, (at, at + len(asked[1]))
    return None
