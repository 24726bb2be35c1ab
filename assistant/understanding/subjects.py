"""Whose affairs a word is about: the patient's, or somebody else's.

A person named flows on until another is named. For a relative who speaks for the patient, the kinship word
that names the patient (我妈 said by a daughter) is the patient.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from assistant.dialogue.slots import Speaker

PATIENT = "patient"
SPOUSE, CHILD, PARENT, OTHER = "spouse", "child", "parent", "other"

_KIN = {
    SPOUSE: "老伴儿?|老头子?|老太婆|爱人|老公|老婆|丈夫|妻子|媳妇(?!.{0,3}妈)|先生|太太|内人|当家的|那口子"
    "|孩子他?[爸妈]",
    CHILD: "大?(?:儿子|女儿|闺女|丫头)|小儿子|小女儿|孩子|宝宝|小孩|娃娃?|婴儿|小家伙",
    PARENT: "老?妈妈?|爸爸?|父亲|母亲|老爸|老爹|老娘|爹|娘|婆婆|公公|岳父|岳母|丈母娘|老丈人|爸妈|父母",
    OTHER: "孙子|孙女|外孙女?|邻居|隔壁(?:[老小]?[一-鿿]{1,2})?|同事|朋友|亲戚|哥哥?|弟弟|姐姐?|妹妹|嫂子"
    "|妹夫|姐夫|儿媳妇?"
    "|女婿|爷爷|奶奶|外公|外婆|姥姥|姥爷|保姆|同学|老乡|楼上的|人家|别人|[他她](?!们说)|舅舅?|姑姑?|叔叔?"
    "|阿姨|伯伯|大爷|老师傅|舍友|室友",
}
_SELF = (
    "我自己|我(?!国|们国|的天|家[^里]|妈|爸|儿|女|老[伴公婆头太妈爸爹娘人师乡家爷]|爱|先生|太太|丈夫|妻子|哥|姐|弟"
    "|妹|孙|爷|奶|外|婆|公|同|朋|邻|舅|姑|叔|家里?[人的])"
    "|本人|自己|自个儿?|咱(?!家|妈|爸|们家)|俺(?!家|妈|爸|娘)"
)
# Who merely does something to the speaker is not whom the sentence is about: 我女儿给我量的.
_DOES_FOR_ME = re.compile(
    r"[^,。;!?]{0,4}?(?:[给帮替陪让叫带送劝逼催]着?(?:我|咱)|说我|管我|不让我|告诉我|和我|跟我|提醒我"
    r"|都?知道|照顾|说的?是?$|买的?|配的?|接的?电话)"
)
_MENTION = re.compile(
    "|".join(f"(?P<{name}>{pattern})" for name, pattern in (*_KIN.items(), (PATIENT, _SELF)))
)
_OTHER_WORDS = re.compile(
    r"老太太|老先生|老爷子|老人家|肚子?里?的?(?:孩子|宝宝|娃)|其[他她]|他克|她们说|吉他|他汀|伐他|他莫"
    r"|奥司他|大娘|姑娘|新娘|妈呀|妈的"
    r"|我的妈|哎哟妈|我的娘|天啊妈|大妈舞|公公里|公公斤|太太[极平]"
    r"|先生[您你]|[您你]先生|娘家|哥们"
)

_FEMALE = re.compile(r"妈|母|娘|婆|奶奶|阿姨|女士")
_MALE = re.compile(r"爸|父|爹|公公|老丈人|爷爷|叔叔|先生|大爷")

_PATIENT_KIN = {
    Speaker.CHILD: PARENT,
    Speaker.SPOUSE: SPOUSE,
    Speaker.PARENT: CHILD,
}


@dataclass(frozen=True, slots=True)
class Mention:
    """A person named in the utterance and who it is, seen from the patient."""

    start: int
    end: int
    subject: str


@lru_cache(maxsize=512)
def mentions(text: str, speaker: Speaker, sex: str = "") -> tuple[Mention, ...]:
    """The persons of the normalised `text`, in order, without those who only do something for the speaker.

    `sex` (`F`, `M` or unknown) is the patient's: a son who speaks for his mother may speak of his father too.
    """
    words = {(found.start(), found.end()) for found in _OTHER_WORDS.finditer(text)}
    named: list[Mention] = []
    for found in _MENTION.finditer(text):
        if any(start <= found.start() < end for start, end in words):
            continue
        group = found.lastgroup or OTHER
        if group != PATIENT and _DOES_FOR_ME.match(text, found.end()):
            continue
        subject = _seen_from_patient(group, found.group(), speaker)
        if subject == PATIENT and speaker is Speaker.CHILD and _of_other_sex(found.group(), sex):
            subject = OTHER
        if subject == OTHER and found.group() in ("他", "她"):
            # A pronoun stands for the relative named before it.
            subject = next(
                (mention.subject for mention in reversed(named) if mention.subject != PATIENT), OTHER
            )
        named.append(Mention(found.start(), found.end(), subject))
    if speaker is not Speaker.SELF and any(_is_kin(text, mention) for mention in named):
        # 我妈一百五, 我一百三: beside the patient's own name 我 is the speaker.
        named = [replace(one, subject=OTHER) if _is_me(text, one) else one for one in named]
    return tuple(named)


def _is_me(text: str, mention: Mention) -> bool:
    return mention.subject == PATIENT and text[mention.start : mention.end] in (
        "我",
        "俺",
        "咱",
        "自己",
        "我自己",
    )


def _is_kin(text: str, mention: Mention) -> bool:
    return mention.subject == PATIENT and not _is_me(text, mention)


def _of_other_sex(word: str, sex: str) -> bool:
    return bool((sex == "F" and _MALE.search(word)) or (sex == "M" and _FEMALE.search(word)))


def patient_sex(question: str) -> str:
    """The patient's sex as the question names the patient to a relative; empty where it does not."""
    female, male = _FEMALE.search(question), _MALE.search(question)
    if bool(female) == bool(male):
        return ""
    return "F" if female else "M"


def _seen_from_patient(group: str, word: str, speaker: Speaker) -> str:
    if speaker is Speaker.SELF:
        return group
    if group == PATIENT:
        # 我 said by a relative who speaks for the patient is mostly not the one who is ill.
        return OTHER if word in ("我自己", "本人") else PATIENT
    if group == _PATIENT_KIN.get(speaker) or word in ("他", "她"):
        return PATIENT
    if speaker in (Speaker.RELATIVE, Speaker.CARER, Speaker.OTHER):
        return PATIENT if word not in ("邻居", "别人", "人家") else OTHER
    return group


def subject_at(text: str, position: int, speaker: Speaker, sex: str = "") -> str:
    """Whose the word at `position` is: the last person named before it, `patient` when nobody was."""
    subject = PATIENT
    for mention in mentions(text, speaker, sex):
        if mention.start > position:
            break
        subject = mention.subject
    return subject
