"""What each number is about: the unit behind it decides, else the last thing named before it."""

import re
from collections.abc import Sequence
from enum import StrEnum

from assistant.understanding.numbers import Number
from assistant.understanding.numerals import Style


class Topic(StrEnum):
    """What a number can be about."""

    BARE = "bare"
    """Nothing says what it is; the question decides."""
    PRESSURE = "pressure"
    SYSTOLIC = "systolic"
    DIASTOLIC = "diastolic"
    GLUCOSE = "glucose"
    HBA1C = "hba1c"
    HEART_RATE = "heart_rate"
    WEIGHT = "weight"
    TOBACCO = "tobacco"
    DRINK = "drink"
    FOOD = "food"
    FREQUENCY = "frequency"
    DURATION = "duration"
    DATE = "date"
    CLOCK = "clock"
    AGE = "age"
    LENGTH = "length"
    TEMPERATURE = "temperature"
    PERCENT = "percent"
    OXYGEN = "oxygen"
    DOSE = "dose"
    IDENTITY = "identity"
    OTHER = "other"


# Read right behind the number, first match wins.
_UNITS: tuple[tuple[Topic, str], ...] = (
    (Topic.AGE, r"岁|周岁|虚岁"),
    (Topic.PERCENT, r"%|个百分点"),
    (Topic.PRESSURE, r"(?:个)?(?:毫米汞柱|毫米水银|毫米|mmhg|mmhg|mm(?!o))|千帕|kpa"),
    (Topic.GLUCOSE, r"个?(?:毫摩|mmol|毫克每分升|mg/?dl)"),
    (Topic.HEART_RATE, r"(?:次|下)(?:/|每|一)分|跳|下(?!午|周|个?月|来|去|面|头|了|巴|压|边|床|楼)|bpm"),
    (
        Topic.DURATION,
        r"(?:个)?(?:小时|钟头|半小时)|分钟|刻钟|个半?(?:月|星期|礼拜|周|季度)|天(?!天)|周(?!岁"
        r"|[一二三四五六日天末])|星期(?![一二三四五六日天])"
        r"|礼拜(?![一二三四五六日天])|年(?!级|前|的|出生|生[的人]|[零一二三四五六七八九十0-9]+月)|秒|晚上"
        r"|宿|阵子|辈子",
    ),
    (Topic.DATE, r"号(?!楼)|日(?!子)|月(?!经)|年|(?<=\d{4})[-/]\d{1,2}[-/]"),
    (
        Topic.CLOCK,
        r"点(?:钟|半|整|[一三]刻|多钟|前|以?后|之[前后]|来[钟]?|左右|多|吧|$|[,。到,]|[零一二三四五]?十"
        r"|[零一二三四五六七八九0-9]{1,2}分"
        r"|[吃打去量测查称有过的就起睡醒再给])|:\d\d|时(?!候|间)|分(?!钟|之)",
    ),
    (Topic.WEIGHT, r"公斤|千克|kg|斤(?![白红啤黄]?酒|米|面|粮|主食|菜|肉)"),
    (Topic.TOBACCO, r"支|根"),
    (Topic.FREQUENCY, r"(?:次|遍|回(?!来|家|去)|趟|顿|餐(?![前后]))"),
    (
        Topic.DRINK,
        r"(?:两|钱|斤|瓶|杯|罐|听|盅|口|碗|毫升|ml)(?:多|左右)?(?:的)?(?:低度|高度)?(?:白|红|啤|黄|米|葡萄"
        r"|药)酒|瓶|罐|听|盅",
    ),
    (Topic.FOOD, r"(?:两|克|g|斤|碗|个)(?:米饭|主食|饭|馒头|面|粮|粥|米)|碗|馒头"),
    (Topic.DOSE, r"毫克|mg|微克|片|粒|颗|丸|个?单位|袋(?!烟)|滴|喷|支胰"),
    (Topic.LENGTH, r"米(?!饭)|厘米|公分|cm|公里|里路|步|尺|m(?![a-z])"),
    (Topic.TEMPERATURE, r"(?:摄氏)?度|°c?|℃"),
    (
        Topic.OTHER,
        r"毫升|ml|克|g|两|包|盒|条|杯|口|楼|层|路|栋|单元|室|块钱|元|个人|人|种|样|位|升|l/|口人|号楼|倍|针"
        r"|瓶",
    ),
)
_UNIT = re.compile("|".join(f"(?P<u{i}>{pattern})" for i, (_, pattern) in enumerate(_UNITS)))

_CUES: tuple[tuple[Topic, str], ...] = (
    (
        Topic.SYSTOLIC,
        r"高压|收缩压|上压|大压|上[面边头](?:那个|的|写的?|显示的?)*(?=[是一二两0-9])|高的(?:那个)?(?=[是一二0-9])"
        r"|大的(?:那个)?(?=[是一二0-9])",
    ),
    (
        Topic.DIASTOLIC,
        r"低压|舒张压|下压|小压|下[面边头](?:那个|的|写的?|显示的?)*(?=[是一二三四五六七八九十0-9])"
        r"|[低小]的(?:那个)?(?=[是一二三四五六七八九十0-9])",
    ),
    (Topic.PRESSURE, r"血压"),
    (Topic.HBA1C, r"糖化"),
    (
        Topic.GLUCOSE,
        r"血糖|空腹|餐后|饭后(?=[血是测量0-9一二三四五六七八九十])|[吃喝]完饭|早餐前|餐前|睡前(?=血糖"
        r"|[测量])|随机|指尖",
    ),
    (
        Topic.HEART_RATE,
        r"第三个数字?|心率|心跳|脉搏|脉(?=[是0-9一二三四五六七八九])|每分钟(?=[0-9一二三四五六七八九十])",
    ),
    (Topic.WEIGHT, r"体重|称了?(?:一下)?|净重|胖到|瘦到|有多重|[现才]在?重"),
    (Topic.OXYGEN, r"血氧|氧饱和"),
    (Topic.LENGTH, r"身高|腰围|个子|个头|臀围"),
    (Topic.TEMPERATURE, r"体温|烧到|发烧|温度"),
    (Topic.TOBACCO, r"抽烟|吸烟|香?烟(?!雾|酒)|抽(?!搐|血|筋|了?风|痰)"),
    (Topic.DRINK, r"喝酒|饮酒|白酒|啤酒|红酒|黄酒|米酒|葡萄酒|药酒|酒"),
    (Topic.FOOD, r"主食|米饭|粮食|馒头|面条"),
    (Topic.IDENTITY, r"身份证|尾号|后四位|最后四|出生|生日|属[鼠牛虎兔龙蛇马羊猴鸡狗猪]"),
    (Topic.DOSE, r"[吃服用打](?:的是)?(?=[半一两二三四五六七八九0-9])|剂量"),
)
_CUE = re.compile("|".join(f"(?P<c{i}>{pattern})" for i, (_, pattern) in enumerate(_CUES)))
_CUE_BEHIND = re.compile(
    r"的?(?:(?P<systolic>高压|收缩压|上压)|(?P<diastolic>低压|舒张压"
    r"|下压))(?![是有大概约也一二三四五六七八九0-9])"
)
_HALF_DAY = re.compile(r"(?:早上|早晨|上午|中午|下午|傍晚|晚上|凌晨|夜里|半夜)$")
_MOST_NIGHTS = 15
"""九十晚上 is a reading and the next time of day, not ninety nights."""
_ORDINAL = re.compile(r"第$")


def _unit_topic(text: str, number: Number) -> Topic | None:
    if _ORDINAL.search(text[: number.start]):
        return Topic.OTHER
    for at in {number.core[1], number.end}:
        if found := _UNIT.match(text, at):
            index = int((found.lastgroup or "u0")[1:])
            topic = _UNITS[index][0]
            if topic is Topic.CLOCK and number.style in (Style.DECIMAL, Style.COINED):
                continue
            if topic is Topic.DURATION and found.group() == "晚上" and number.middle > _MOST_NIGHTS:
                continue
            if topic is Topic.GLUCOSE and found.group() == "点" and _HALF_DAY.search(text[: number.start]):
                return Topic.CLOCK
            return topic
    if text[max(0, number.core[0] - 3) : number.core[0]] == "百分之":
        return Topic.PERCENT
    if re.search(r"(?:周|星期|礼拜)$", text[: number.start]):
        return Topic.DATE
    if re.search(r"\d:$|点$", text[: number.start]) and (number.exact or 0) < 60:
        return Topic.CLOCK
    if re.search(r"[0-9一二]米$", text[: number.start]):
        return Topic.LENGTH
    if re.search(r"[0-9一二三四五六七八九十]月$", text[: number.start]):
        return Topic.DATE
    return None


def topics(text: str, numbers: Sequence[Number]) -> tuple[Topic, ...]:
    """The topic of each number of the normalised `text`."""
    cues = [(found.start(), _CUES[int((found.lastgroup or "c0")[1:])][0]) for found in _CUE.finditer(text)]
    assigned = []
    for number in numbers:
        named: Topic | None = None
        for at, topic in cues:
            if at >= number.core[0]:
                break
            named = topic
        behind = _CUE_BEHIND.match(text, number.end)
        if behind:
            named = Topic.SYSTOLIC if behind["systolic"] else Topic.DIASTOLIC
        if named is Topic.DOSE:
            named = None
        assigned.append(_unit_topic(text, number) or named or Topic.BARE)
    return tuple(assigned)


PRESSURES = frozenset({Topic.PRESSURE, Topic.SYSTOLIC, Topic.DIASTOLIC})
