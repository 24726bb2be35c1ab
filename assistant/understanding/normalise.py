"""One form for matching: half-width, simplified, without the spaces that recognisers put between words.

The map back to the given text is kept, because every span we report counts its code points.
"""

import re
import unicodedata
from dataclasses import dataclass

_FORMAL_DIGITS = dict(
    zip("壹贰貳叁參肆伍陆陸柒捌玖拾佰仟萬兩〇○幺", "一二二三三四五六六七八九十百千万两零零一", strict=True)
)

# The traditional characters that occur in what residents tell a health centre; one for one, so that
# offsets stay. A general converter (OpenCC) works by phrases and may change lengths.
_TRADITIONAL = dict(
    zip(
        "壓糖頭暈痛腳麻嘔噁飯後體輕點鐘號週個條隻這對沒說請問誰媽爸爺兒孫們聽聲電話別擾為麼樣過還幾歲開關門藥"
        "醫護師風險視覺聾復習慣時間現轉變應該當發燒熱寒戰腫脹喘氣悶慌亂鼻齒舌顏臉紅黃綠藍黑紫膚癢疹節肩腰腿膝"
        "塊錢斤兩倍數據測量儀錶紙種類從來無義務東西廣場單位區縣鎮鄉農曆陰陽曾經歷記錄寫讀書學習訓練運動鍛煉"
        "飲酒煙啤腸胃乾濕淚濁盡夠處於與產婦嬰懷孕預約診療驗檢查結論據淺動靜脈衝膽腎臟腦肝傷養買賣騙實際"
        "擔憂慮擇選項確認錯誤誰會見聞長短壞親離異遠邊裡裏進達遲鬧絕愛國樓層陽臺灣壇雙鹽鹹麵湯餅雞魚蔥",
        "压糖头晕痛脚麻呕恶饭后体轻点钟号周个条只这对没说请问谁妈爸爷儿孙们听声电话别扰为么样过还几岁开关门药"
        "医护师风险视觉聋复习惯时间现转变应该当发烧热寒战肿胀喘气闷慌乱鼻齿舌颜脸红黄绿蓝黑紫肤痒疹节肩腰腿膝"
        "块钱斤两倍数据测量仪表纸种类从来无义务东西广场单位区县镇乡农历阴阳曾经历记录写读书学习训练运动锻炼"
        "饮酒烟啤肠胃干湿泪浊尽够处于与产妇婴怀孕预约诊疗验检查结论据浅动静脉冲胆肾脏脑肝伤养买卖骗实际"
        "担忧虑择选项确认错误谁会见闻长短坏亲离异远边里里进达迟闹绝爱国楼层阳台湾坛双盐咸面汤饼鸡鱼葱",
        strict=True,
    )
)
_LETTERS = {
    "，": ",",
    "；": ";",
    "：": ":",
    "？": "?",
    "！": "!",
    "．": ".",
    "·": ".",
    "／": "/",
    "〜": "~",
    "～": "~",
}
_MAP = _FORMAL_DIGITS | _TRADITIONAL | _LETTERS

_NUMERAL_AHEAD = r"(?=[是有大概约也就在差不多,、]{0,4}[一二三四五六七八九两0-9])"
_NOT_EXCLAIMED = r"(?<![太么很真还是压点不])"
# What recognisers make of the words that matter, each mended only where the word is meant. Same length.
_SLIPS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), mended)
    for pattern, mended in (
        (_NOT_EXCLAIMED + r"高[呀亚鸭牙雅哑押亞]" + _NUMERAL_AHEAD, "高压"),
        (_NOT_EXCLAIMED + r"[低第滴][呀亚鸭牙雅哑押亞]" + _NUMERAL_AHEAD, "低压"),
        (r"第压|滴压|抵压", "低压"),
        (r"搞压|糕压", "高压"),
        (r"[血雪学][鸭亚牙押]|[雪学]压", "血压"),
        (r"收缩[鸭亚牙呀]", "收缩压"),
        (r"舒张[鸭亚牙呀]|输张压", "舒张压"),
        (r"[雪学]糖|血躺|血堂", "血糖"),
        (r"心[绿律](?!不齐|失常|[紊不])|新率|新跳", "心率"),
        (r"空[服付复]", "空腹"),
        (r"[餐参]厚", "餐后"),
        (r"头[云孕运韵](?!动|用|气|行|输|河|会)", "头晕"),
        (r"胸[门们]", "胸闷"),
        (r"心[荒谎]", "心慌"),
        (r"恩", "嗯"),
    )
)
_TRAILING = frozenset(",。.!;、~- ")
_KEEP_APART = re.compile(r"[0-9a-z.]")


@dataclass(frozen=True, slots=True)
class Normalised:
    """The form for matching. `origin[i]` is the offset of its i-th character in the text as given."""

    given: str
    text: str
    origin: tuple[int, ...]

    def given_span(self, start: int, end: int) -> tuple[int, int]:
        """[start, end) of this form as [start, end) in code points of the text as given."""
        if start >= end or not self.origin:
            return (0, 0)
        last = min(end, len(self.origin)) - 1
        return self.origin[min(start, last)], self.origin[last] + 1

    def gaps(self, start: int, end: int) -> list[int]:
        """Where inside [start, end) of this form the text as given had white space."""
        return [
            at
            for at in range(start + 1, min(end, len(self.origin)))
            if self.given[self.origin[at - 1] + 1 : self.origin[at]].isspace()
        ]

    def given_words(self, start: int, end: int) -> str:
        """The words of a span as they were given."""
        first, last = self.given_span(start, end)
        return self.given[first:last]


def _characters(given: str) -> list[tuple[str, int]]:
    folded: list[tuple[str, int]] = []
    for offset, character in enumerate(given):
        for part in unicodedata.normalize("NFKC", character):
            part = _MAP.get(part, part).lower()
            folded.extend((one, offset) for one in (_MAP.get(p, p) for p in part))
    return folded


def _apart(before: str, after: str) -> bool:
    return bool(_KEEP_APART.match(before) and _KEEP_APART.match(after))


def _without_spaces(characters: list[tuple[str, int]]) -> list[tuple[str, int]]:
    kept: list[tuple[str, int]] = []
    gap: int | None = None
    for character, offset in characters:
        if character.isspace() or unicodedata.category(character) in ("Cc", "Cf", "Zs"):
            gap = offset if gap is None else gap
            continue
        if gap is not None and kept and _apart(kept[-1][0], character):
            kept.append((" ", gap))
        gap = None
        kept.append((character, offset))
    return kept


def normalise(given: str) -> Normalised:
    """Fold `given` for matching. A space stays only between two Latin words or numbers (`140 90`)."""
    characters = _without_spaces(_characters(given))
    while characters and characters[-1][0] in _TRAILING:
        characters.pop()
    text = "".join(character for character, _ in characters)
    for slip, mended in _SLIPS:
        text = slip.sub(mended, text)
    return Normalised(given, text, tuple(offset for _, offset in characters))
