"""A death that is told: plainly, or in words that may only mean an absence (走了, 不在了)."""

import re

DEAD = re.compile(
    r"去世|过世|逝世|离世|病故|病逝|亡故|死了|人没了|(?<=[他她妈爸人伴])(?:已经|早就?)?没了(?!电|钱|药)"
    r"|不在人世|不在世|故去|作古|百年了"
    r"|走了(?:都|有|快|已经)*(?:好)?[一二两三四五六七八九十几半]个?(?:年|月)|没了[一二两三四五六七八九十几半]个?(?:年|月)"
    r"|老掉了|刚办完丧事|追悼|火化"
    r"|(?:去年|前年|上个?月|年初|年前|前几天|上周|上个?星期|前阵子|[一二两三四五六七八九十几半]个?(?:年"
    r"|月)前?)(?:就|已经|因为?.{0,6})?(?:走了|没了|不在了|走的)"
    r"|不在了,?.{0,6}(?:没了|走的|去世|死)|不在了,?(?:去年|前年|上个?月|好几年|[一二两三四五]年)(?!.{0,4}[搬换])"
)
_DEAD_NOT = re.compile(
    r"一死了之|快要?死|要死|死了之|死了(?:算|都|也)|(?:[烦气笑热冷累疼痛困饿渴急吵吓忙乐闷愁酸咸辣苦臭痒挤晒冻]|高兴|难受|麻烦|讨厌|羡慕|担心)死|(?:狗|猫|鸟|鱼|花|鸡|鸭|鹅|猪|羊|草|树)儿?(?:都|也|就|全)?(?:死了|没了)|想死|没死|不会死"
    r"|手机没了|药没了|等死|人没了影"
)
_MAYBE_DEAD = re.compile(
    r"(?:人|他|她|老人家?|老爷子|老太太|老头子?|老太婆|老伴儿?|爸爸?|妈妈?|父亲|母亲|爹|娘|奶奶|爷爷|阿姨"
    r"|大爷)(?:已经|早就?|人)?(?:不在了|走了)"
)
_ONLY_OUT = re.compile(
    r"刚走|刚刚走|买菜|菜场|菜市|上班|出门|出去|散步|遛弯|回来|回家|一会儿?|等会|公园|跳舞|打牌|麻将|医院"
    r"|上街|去(?!世)[^,。]{0,5}家|旅游|外地|老家|手机|家里"
)

_OTHER_DEAD = re.compile(
    r"邻居|隔壁|朋友|同事|电视|电影|新闻|报纸|小说|书[里上]|你[妈爸爹娘全家]|那个人|有个人|谁家|一个人|老师"
    r"|明星"
)
"""Before a death: somebody else's, on a screen, or a curse."""


def death_in(text: str) -> tuple[tuple[int, int], bool] | None:
    """Where a death is told, and whether it might only be an absence."""
    spoiled = [found.span() for found in _DEAD_NOT.finditer(text)]
    for found in DEAD.finditer(text):
        if any(start <= found.start() < end for start, end in spoiled):
            continue
        if _OTHER_DEAD.search(text[max(0, found.start() - 12) : found.start()]):
            continue
        return found.span(), False
    perhaps = _MAYBE_DEAD.search(text)
    if perhaps and not _ONLY_OUT.search(text):
        return perhaps.span(), True
    return None
