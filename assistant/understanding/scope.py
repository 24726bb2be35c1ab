"""In what world a word stands: now or once, real or supposed, told or asked, in life or in a film."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

_LONG_PAST = re.compile(
    r"以前|过去(?!了)|从前|年轻(?:的时候|时|那会儿?)|小时候|那年|去年|前年|前几年"
    r"|[一二三四五六七八九十两几0-9]+年前|上个?月|上半年"
    r"|[一二三四五六七八九十两几0-9]+个?月前|曾经|当年|早些年|早年|上周|上个?星期|上个?礼拜|病史|上次|上回"
    r"|有一次|有一回|有年|那时候?|当时|那会儿|原来|早先|前阵子|前段时间"
    r"|前些日子|之前(?![没不])|年轻"
)
_RECENT = re.compile(
    r"现在|最近|这[几两]?天|这会儿?|目前|今[天早晚儿]|刚才|刚刚|昨[天晚夜]|前天|大前天|前两天"
    r"|还是(?=[疼痛晕麻有闷])|仍然|仍旧|一直|到现在|这阵子|这段时间"
    r"|这[个几]?[周月]|又(?=[犯疼痛晕麻开流吐])|正在|刚|马上|突然|忽然|一下子|半夜|夜里|早上|上午|下午|中午"
    r"|晚上|凌晨|小时|分钟"
)
_SUPPOSED = re.compile(
    r"要(?:马上|立即|立刻|赶紧)?(?:打|拨)(?:120|一二零|急救)|就(?:打|拨|叫)(?:120|一二零|急救|救护车)(?!了)"
    r"|如果|要是|万一|假如|假使|倘若|若是|(?<![腹后上前])的话|会不会|怕(?!冷)|担心|害怕|预防|防止|以防|容易[得引]|会引起"
    r"|会导致"
    r"|(?:医生|大夫|说明书|人家)[说讲](?:我|你|这个?药)?(?:可能)?会|导致|引起|是不是会"
    r"|说明书|副作用有|可能出现|会出现|提醒我|要注意|注意事项|等[到我].{0,6}再|什么时候(?:才|会)|早晚(?:会"
    r"|要|得)|(?<!分)别是|可别|千万别|以后会|将来|迟早|梦见|做梦|梦到"
)
_FICTION = re.compile(
    r"电视(?:里|上|剧|台|节目)|电影(?:里|上|中|院里)|新闻|小说|书上|书里|网上|抖音|快手|视频里|视频上|广播"
    r"|听说|听人说|听人家说|剧[里情]|演的|演员|播的|报纸"
    r"|专家[讲说]|讲座|公众号|文章|朋友圈|游戏|故事|群里|手机上|上面写(?![着的是]{0,2}(?:脉搏|心率|心跳|[高低血]压|血糖|[0-9一二三四五六七八九十]))|书上写|宣传|海报|节目"
    r"|科普|课上|百度|角色|主角|小品|戏里|台词|歌词|唱的|开玩笑|打个比方|比方说|比如说?|例如|举个例子"
)
_ASKS = re.compile(
    r"怎么办|是什么|什么是|什么叫|为什么|为啥|怎么回事|吗(?:[,。?!]|$)|什么症状|有什么|什么原因|怎么预防"
    r"|怎么治|怎么急救|怎么处理|怎么救|能不能|是不是就?|会不会|多少算"
    r"|算不算|正常吗|要不要|该不该|什么表现|什么情况|有哪些|哪些|多久|咋办|咋回事|[?]|是指什么|啥意思"
    r"|什么意思|怎么判断|如何|几种|有没有可能|还是.{1,6}呢|想问|请问|问一下"
    r"|咨询"
)
_GONE = re.compile(
    r"(?:(?<![攒备写买想做放排留存弄装])好|缓过来|缓解|恢复|过去|没事|止住|止|消|正常|过来|下去|退)(?:多|完全|点)?了|好些了"
    r"|[不没](?:怎么)?(?:再)?(?:疼|晕|痛|难受|闷|麻|喘|吐|流|慌|咳"
    r"|肿|发作|犯)了?(?=[,。;!?]|$|现|后)|现在(?:就|已经|都|倒是|又)?(?:没有?了?|没事|好了"
    r"|不[疼痛晕麻喘吐闷慌咳肿])|没了|不[疼痛晕麻喘吐闷慌咳肿流]了|没再"
    r"|现在没"
)
_NOT_GONE = re.compile(
    r"没好|还没|不见好|好不了|好多了吗|[不没](?:见)?(?:缓解|恢复|止住)|止不住|没止|没过去|没缓"
)
_STOPS = re.compile(
    r"[。;!?]|,|但是?(?!凡)|不过|可是|然而|只是|就是(?!说)|现在|最近|这[几两]天|目前|后来|今天|(?<!还)另外"
    r"|除了"
)
_HARD_STOPS = re.compile(r"[。;!?]")


@dataclass(frozen=True, slots=True)
class Scope:
    """How the words of one clause are meant."""

    past: bool = False
    recent: bool = False
    supposed: bool = False
    fiction: bool = False
    asks: bool = False
    gone: bool = False

    @property
    def real(self) -> bool:
        """Told as a fact of the present or the last days."""
        return not (self.past or self.supposed or self.fiction)


@lru_cache(maxsize=512)
def _bounds(text: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    clauses = [0, *(m.start() if m.group()[0] not in ",。;!?" else m.end() for m in _STOPS.finditer(text))]
    sentences = [0, *(m.end() for m in _HARD_STOPS.finditer(text))]
    return tuple(sorted(set(clauses))), tuple(sorted(set(sentences)))


def _around(bounds: tuple[int, ...], position: int, length: int) -> tuple[int, int]:
    index = bisect_right(bounds, position)
    start = bounds[index - 1] if index else 0
    end = bounds[index] if index < len(bounds) else length
    return start, end


def clause_at(text: str, position: int) -> tuple[int, int]:
    """[start, end) of the clause around `position`: between commas, stops and turns such as 但是, 现在."""
    return _around(_bounds(text)[0], position, len(text))


def sentence_at(text: str, position: int) -> tuple[int, int]:
    """[start, end) of the sentence around `position`."""
    return _around(_bounds(text)[1], position, len(text))


@lru_cache(maxsize=2048)
def scope_at(text: str, start: int, end: int) -> Scope:
    """How the words [start, end) of the normalised `text` are meant."""
    clause_start, clause_end = clause_at(text, start)
    sentence_start, sentence_end = sentence_at(text, start)
    clause = text[clause_start:clause_end]
    before = text[sentence_start:start]
    sentence = text[sentence_start:sentence_end]
    recent = bool(_RECENT.search(clause)) or _recent_governs(before)
    once = bool(_LONG_PAST.search(clause)) or (not recent and _past_governs(before))
    experienced = (
        text[end : end + 1] == "过" and text[end : end + 2] not in ("过来", "过去", "过年") and not recent
    )
    fiction = bool(_FICTION.search(text[sentence_start:clause_end])) and not _back_to_self(before)
    after = text[end:]
    return Scope(
        past=(once and not _still(clause)) or experienced,
        recent=recent,
        supposed=bool(_SUPPOSED.search(clause)) or bool(re.search(r"如果|要是|万一|假如", before)),
        fiction=fiction,
        asks=bool(_ASKS.search(sentence)),
        gone=bool(_GONE.search(after)) and not _NOT_GONE.search(after),
    )


def _past_governs(before: str) -> bool:
    """A past time opened the sentence and no present one came after it."""
    pasts = list(_LONG_PAST.finditer(before))
    if not pasts:
        return False
    return not _RECENT.search(before, pasts[-1].end())


def _recent_governs(before: str) -> bool:
    recents = list(_RECENT.finditer(before))
    return bool(recents) and not _LONG_PAST.search(before, recents[-1].end())


def _still(clause: str) -> bool:
    """以前就有, 现在还有; 去年开始一直: begun then and lasting."""
    return bool(re.search(r"开始|一直|到现在|至今|现在还|还是", clause))


def _back_to_self(before: str) -> bool:
    """看完电视我胸口疼: after the film the speaker turns to himself."""
    told = list(_FICTION.finditer(before))
    return bool(told) and bool(
        re.search(r"[,。;]?(?:然后|现在|突然|可|但|不过)?我(?!看|听|在看|刚看|读)", before[told[-1].end() :])
    )
