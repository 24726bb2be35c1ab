"""Why the words of a danger sign report no danger: denied, past, supposed, told of a film, asked in general …

Stricter than the scope of values: a sign counts when it is told as a fact of now and of a person at hand.
"""

import re
from enum import StrEnum

from assistant.understanding.scope import Scope, sentence_at
from assistant.understanding.subjects import PATIENT


class Reason(StrEnum):
    """Why a sign was set aside."""

    DENIED = "denied"
    SUPPOSED = "supposed"
    FICTION = "fiction"
    FIGURATIVE = "figurative"
    ASKED = "asked"
    FAR = "far"
    PAST = "past"
    GONE = "gone"
    CHRONIC = "chronic"
    HARMLESS = "harmless"


NOW = re.compile(
    r"现在|这会儿?|眼下|刚才|刚刚|刚(?![一满看从出毕])|突然|忽然|一下子|正(?!常)|今[天早晚儿朝]|昨[天晚夜儿]|还在|还没醒"
    r"|旁边|面前|身边|快来|快点|怎么办啊|这[回次]|半夜|凌晨|分钟|小时|钟头|面孔|越来越"
)
_DENIAL = re.compile(
    r"(?:(?<![是要可])不是|(?<!有)没有(?!想到)|(?<!有)没(?![有想到])|不会|哪(?:里|儿)?会|怎么(?:会|可能)|并非|别|不用|甭|不(?:准备|打算))"
    r"(?:要|想|真的?|打算|过|什么|啥|再|去|会|准备|觉得|感觉|感到|出现|发生|发现|哪里|哪边|任何|说)*$|(?<![是要可])不是$"
)
"""A denial right before the sign, with what may stand between: 不是要自杀."""
_SUPPOSED_BEFORE = re.compile(
    r"如果|要是(?!放)|万一|假如|假使|假设|倘若|若是|一旦|哪天(?:要?是?真)?|以后再|下次再|再(?=犯)|(?:医嘱|嘱咐|交代|提醒)"
    r"|(?:医生|大夫|护士|专家)(?:老|都|也|跟我|和我)?(?:讲过?|说过?|叮嘱|告诉)?.{0,4}(?:要是|出现|超过|血糖低到|再|讲过|说过|只要)"
    r"|说明书|单子上|注意事项|要注意|怕(?!冷|热|什么|是|不行)|担心|害怕|预防(?!针|接种)|防止|以防|提防|免得|省得|别到时候"
    r"|嘀咕|梦见|梦到|做梦|噩梦|遇到|碰上|可致|会导致|导致|引起|容易[得引]|算不算|是不是会|会不会"
)
_SUPPOSED_IN = re.compile(
    r"要是|若是|的话|会不会|会(?=.{0,6}[吗么])|就(?:得|要|该|去|立刻|立即|马上|赶紧)+(?:打|去|来|拨|送)|(?:要|就|得|请)(?:马上|立即|立刻|赶紧)?(?:打|拨|叫)(?:120|一二零|急救|救护车)(?!了)"
)
_TURN = re.compile(r"现在|这会儿|可(?:是|我|今)|但是?|不过|结果|刚才|突然|今[天早]|就是(?!说)|真的?")
_FICTION = re.compile(
    r"电[视台]|电影|影片|新闻|小说|那本?书|书上|书里|网上|抖音|快手|短?视频|广播|直播|动画片?|纪录片|听说|听人|剧[里情]|演的|演员"
    r"|播[的了]|报纸|讲座|公众号|文章|朋友圈|转的|游戏|故事|群里|上面写|写着(?![一二三四五六七八九0-9])|宣传|海报|节目|科普|课上|百度|角色|主角|小品|相声"
    r"|戏[里文台]|台词|歌词|唱的|开玩笑|打个比方|比方说|例如|举个例子|林黛玉|评书|收音机|传单|刷到|段子|噩梦|梦见|梦到|做梦|做了个梦"
)
_BACK_TO_SELF = re.compile(r"看着看着|的时候|呢|我(?!们国|看|听|在看|刚看|读|孙|儿|女|妈|爸|老)")
_FEELING = re.compile(
    r"(?:被.{1,5})?(?:气|笑|想|念|看|听|吓|烦|忙|累|跑|热|冻|急|愁|涨|问|吵|羡慕|馋|恨|乐|搞|弄|催|穷|心疼|压力大|等|皮|辣|大|激动|高兴|兴奋|羞|臊)得(?:我|人|他|她|俺|咱)?[^,。;!?]{0,5}$"
    r"|(?:想想|看看|听听)就$|(?:都|快)要(?:被.{0,5})?$|被.{0,6}(?<![沼煤毒空])气$|气人|看.{0,4}(?:作业|球赛|比赛|账单|房价)|一(?:提|想|看(?!都|全|满)|听)(?:到|起)?.{0,6}(?:就)?$|(?<![疼痛闷喘憋烧咳吐胀压难晕刺])得(?:我|俺|咱)[^,。;!?]{0,6}$|得人[^,。;!?]{0,6}$|(?:[吓笑乐雷]|(?<!一口)(?<!煤)(?<!沼)(?<!毒)(?<!赌)气)(?:得|到)?(?:我)?$|让[我人].{0,2}$|叫[我人].{0,2}$|对.{1,4}$(?<=对排队)"
)
_FIGURATIVE = re.compile(
    r"(?:笑|热|冷|冻|累|烦|饿|渴|困|忙|高兴|羡慕|无聊|恨|吵|丑|美|爱|想|麻烦|催命|催|愁|馋|尴尬|晕)死(?:我|你|他|她|人|个|了)"
    r"|(?:气|吓|急)死(?:我|你|人|了)|三升|七窍生烟|哈哈|嘿嘿|似的说|打比方|像要昏|比方|开玩笑|价钱|房价|物价|电费|都?快?[要快]犯了|跑断|电脑|排队过敏|话噎|嘴硬|死不[承改认]|心疼|下火|(?:工作|生活|房贷|债|学习|任务)[^,]{0,3}压得|魂都|死猪|钱包|真?服了[你我]|被.{0,5}(?:(?<![沼煤毒空])气|烦|吵|逼)得|老命"
)
_ELSEWHERE = re.compile(
    r"住(?:着|了|在|过)?院|抢救(?!车|呀|啊|一下)|重症|icu|送(?:到|去|进)?(?:了)?医院|(?<!去)(?<!到)医院里|脑梗走|去世|过世|走的|(?<!死)(?<!憋)(?<!疼)(?<!闷)死的|(?<!要)(?<!动)(?<!尿)(?<!尿都)(?<!下就)(?<!下子就)人?没了$"
    r"|早走了|走了(?!路|着)(?:好|[一二三四五六七八九十两几])|后来就?走|救过来|救回来|安葬|出殡|丧事|葬礼|可惜|出院|猝死|没救过来|差点(?:没了|没命)|截肢|那事"
)
_NOW_AGAIN = re.compile(r"现在(?!母|好|没|平|出)|突然|今[天早]|刚才|刚刚|这会儿|又")
_LONG_AGO = re.compile(
    r"(?:[一二三四五六七八九十两几好些多半0-9]+)(?:多|来)?(?:年|个月|周|个?星期|个?礼拜)(?:多)?了"
)
_DISTANT = re.compile(
    r"邻居|隔壁|对门|同事|朋友|亲戚|同学|老乡|楼上|楼下|前楼|别人|人家(?!说)|网友|老师|老板|[我他你]们单位|村里|河对面|小区|病友|亲家|妯娌"
    r"|外地|老家|战友|牌友|熟人"
)
_SOMEBODY = re.compile(
    r"(?<!像)(?<!觉得)有一?个(?:人|小伙|小孩|大[爷妈叔娘]|老|姑娘|女|男)|(?<!像)(?<!觉得)有人(?!等我|在旁|叫我|让我|跟我)|村里|们单位"
)
_AT_HAND = re.compile(
    r"现在|这会儿|刚才|刚刚|刚(?![一满看从毕])|突然|忽然|正(?!常)|旁边|面前|身边|一下子|怎么办|快来|快点|说她?他?[想不要]|在我"
    r"|今[天早晚]|地上|一动不动|不动了|抽得|血沫|直挺挺|上吐下泻|倒在|躺在|熏着|喷出|不醒|没醒|拉着|手里|我.{0,3}(?:扶|抱|守|看着|按|拽)|就要|要跳|一直冒|还在|快不行|叫不应|喊不应|在工位|在公交|候诊"
)
_PAST = re.compile(
    r"以前(?!.{0,4}没)|过去(?!了)|(?<!疼)(?<!痛)从前(?!胸|面|边|后)|年轻(?:的时候|时|那会儿?)?|小时候|(?<!这)那(?:年|次|回|会儿|阵子|时候?)|去年|大?前年|前几年|几年前|[一二三四五六七八九十两几好多0-9]+年前"
    r"|上+个?月|上半年|[一二三四五六七八九十两几0-9]+个?(?:多)?月前|曾经?|当年|早些年|前些年|上一[次回]|怀孕(?:的)?时候|早年|上+个?(?:周|星期|礼拜)|病史|上[次回]|有[一过]?次(?!.{0,4}[吗?])"
    r"|有一?回|有年(?!头)|当时|原来|早先|前阵子?|前段时间|前些(?:日子|天)|前一阵|年的事|(?<![一二三四五六七八九十])[一二]?零?[〇零一二三][一二三四五六七八九零]年|[12]\d{3}年|二零[一二零]"
    r"|(?<!再过)[一二三四五六七八九十]+月(?:份|[一二三四五六七八九十初])|正月|腊月|年初|年底|春节|(?<!不想)过年|生(?:二胎|老大|老二|孩子|娃|他|她)(?:那|的时候|时)|住过院|怀(?:老大|老二|头胎|二胎|上一个)|得过|犯过(?!吗)|的时候已经|之前"
)
_SINCE = re.compile(r"开始|一直|到现在|至今|现在还|今天又|现在又|又犯|还没好|没好")
_BEGUN_EARLIER = re.compile(r"前天|大前天|前[几两]天|前些天|[三四五六七八九十几]天前")
_EARLIER_THAN_THREE_DAYS = re.compile(
    r"前几天|前些天|[四五六七八九十几]天前|上+个?(?:周|星期|礼拜)|上+个?月|去年|前年|年前|那次|那年|小时候|年轻|周前|月前|半年"
)
_STILL = re.compile(r"到现在|一直|现在还|还是|还在|没好|不见好|至今|今天又|现在又")
_AFTERWARDS = re.compile(
    r"^[^。!?]{0,14}?(?:那(?:是|会儿|年|时候|阵)(?!开始)|(?<![天儿刚上晚早午夜])的事(?:$|[,。])|年(?:多)?了(?!吗)|过(?:一|两|几|好几)?次)"
)
_CHRONIC = re.compile(
    r"(?:[一二三四五六七八九十两几好些多半0-9]+)(?:多|来)?(?:年|个?月|周|个?星期|个?礼拜)了(?!.{0,6}(?:一直|越来|现在))|(?<!不是)老毛病|后遗症|留下的|一个样|十几年|好多年|年头"
)
_ILLNESS = re.compile(
    r"高血压|糖尿病|冠心病|心脏病|慢阻肺|肺气肿|哮喘|心衰|支架|吃药|吃了|怀孕|退休|结婚|绝经|透析|癌|肝|肾|甲亢|房颤|血压(?:高|病)|糖(?:高|友)"
)
_GONE = re.compile(
    r"(?<![攒备写买想做放排留存弄装刚])好(?:多|完全|点)?了|(?:缓过来|缓解|恢复|止住|稳定|平稳|消|正常|退)(?:多|完全|点)?了|(?<!晕)(?<!昏)(?<!抽)(?<!厥)(?<!死)(?<!要)(?<!快)过去了(?!叫|喊)|(?<![透喘出上接])过来了"
    r"|好些了|不[疼痛晕麻喘吐闷慌咳肿流]了|没再|现在没(?!停|减|轻|缓|消|退|止|醒|好|反|知|劲|力|气|法|人|量|脉|呼|心|怎)|现在(?:就|已经|都|倒是|又|人)?(?:没有了|没事|好(?!难|疼|痛|多|像|几|晕)|清醒|不[疼痛晕麻喘吐闷慌咳肿](?!上|过))"
    r"|没事了|早就?(?:好|止|退)|看好了|治好了|现在平稳|洗的胃|血止了"
)
_OF_YEARS = re.compile(r"小时候|(?:几|多|[一二三四五六七八九十两])年(?:前|了)|老毛病")
_NOT_GONE = re.compile(
    r"没好|还没|不见好|好不了|好多了吗|[不没](?:见)?(?:缓解|恢复|止住)|止不住|没止|没过去|没缓|又(?:开始|犯|发作|疼|痛|喘|晕|来|流|吐|抽)|(?:吸点|吃|歇|喝)[^,]{0,4}就好"
)
_GENERAL = re.compile(
    r"会(?:不会)?.{0,8}[吗么不]|会遗传|是不是|什么症状|有什么|怎么(?:预防|急救|判断|认|保存|照看|防|看出|做急救|掐)|如何|是什么|是咋|算不算|会怎么样|什么是|什么叫|什么病|前兆|有哪些|哪些|为什么|为啥"
    r"|几种|先(?:干|做|怎么|咋|用|该)|一般|应该|该(?:做|怎|仰|不该|先)|能不能|可不可以|要.{0,6}吗|的人|的时候|时(?:候)?(?:能|要|该|怎)|多深|多少(?:度|次|算)|算(?:正常|过量)|啥意思|什么意思|怎么回事|什么原因"
    r"|咋(?:活动|预防|急救|判断|救)|第一步|概率|多久能|有用吗|区别|到底是"
)
_ASKS = re.compile(
    r"有?(?:啥|什么|哪些)(?:症状|表现|征兆)|哪个?科|看(?:啥|哪)(?:科|$|好|呢)|挂(?:啥|什么|哪)|咋(?:活动|弄|整|办|处理|救|护理)|要紧不|[行对好]吗|(?:怎么|咋)(?:护理|处理|办|救|治|弄|保护|保存|防|区别)"
    r"|多久会|会死|说明(?:什么|啥)|一回事|有啥不同|不一样|区别|吗(?:[,。?]|$)|什么引起|^(?:什么|哪些|哪种|啥)|还是.{1,8}[嘛呢]|什么病|多少|有没有事|可能是啥|(?:怎么|咋)(?:练|放|摆|止|纠正|知道|保护|急救)|[该要]怎么|怎么按$|按哪里|第一步|多深|旁边人怎么|该不该|大人该|是.{1,6}吗|先.{1,6}还是先|要紧吗"
)
_QUESTION = re.compile(r"吗|呢|什么|怎么(?!都|也)|为啥|是不是|能不能|会不会|要不要|如何|哪|多久|几")
_URGENT = re.compile(r"快说|快点|在线等|(?<!先)(?<!该)(?<!一般)(?:怎么办|咋办|咋整)")
_KNOWLEDGE = re.compile(
    r"有?(?:啥|什么|哪些)(?:症状|表现|征兆)|电视上|是什么|会(?:不会)?.{0,8}吗|是不是心|有什么症状|前兆|怎么(?:预防|急救|办手续)|第一步|的人|的时候(?!突然)|先(?:干|做|怎么|咋|用|该|掐)|一般|区别|大人该|家长|该不该|旁边人|(?:怎么|咋)(?:摆|放|按|止|练|纠正|知道|保护)|先.{1,6}还是先|按哪里|多深|家属|怎么(?:帮|施救|做才)|了解一下|催吐|一年最多|哪些|^什么|什么情况下|会要命|有的人|一定是|多久会|发作前|预兆|(?:有)?什么不一样|哪个严重|为什么|为啥|多少(?:度|会)|多高会"
)
_CONCRETE = re.compile(
    r"我(?!们|怕|担心|想问|该|国|应该|要是|能不能)|俺|他|她|你们快|现在|突然(?!失|死)|忽然|刚才|刚刚|今[天早晚]|昨[天晚]|这会儿|正[疼在]|宝宝|孩子[一二三四五六七八九十]|人.{0,3}了.{0,4}(?:怎么办|咋办)"
)


def reason_told(
    text: str, start: int, end: int, *, affirmed: bool, scope: Scope, subject: str, owned: bool
) -> Reason | None:
    """Why the sign [start, end) of the normalised `text` is no fact about a person at hand; None when it is.

    Its time is judged apart, by `reason_of_time`, because rules differ in it. `owned`: whether somebody was
    named before it.
    """
    sentence_start, sentence_end = sentence_at(text, start)
    before, around = text[sentence_start:start], text[sentence_start:sentence_end]
    clause = _clause(text, start, end)
    if not affirmed or _DENIAL.search(re.split("[,。;!?]", before)[-1]):
        return Reason.DENIED
    if _supposed(before, clause, text[start:end]):
        return Reason.SUPPOSED
    if _fiction(before, clause):
        return Reason.FICTION
    if _FIGURATIVE.search(clause) or _FEELING.search(before):
        return Reason.FIGURATIVE
    if (scope.asks or _ASKS.search(around)) and not _concrete(around, clause, subject, owned):
        return Reason.ASKED
    if _far(around, subject):
        return Reason.FAR
    return None


def _clause(text: str, start: int, end: int) -> str:
    first = max((text.rfind(mark, 0, start) for mark in ",。;!?"), default=-1) + 1
    last = min((at for at in (text.find(mark, end) for mark in ",。;!?") if at >= 0), default=len(text))
    return text[first:last]


def _supposed(before: str, clause: str, sign: str) -> bool:
    """如果 governs until the speaker turns to what is; 怕 and 说明书 their own clause."""
    opened = list(_SUPPOSED_BEFORE.finditer(before))
    if opened and not _TURN.search(before, opened[-1].end()):
        worry = opened[-1].group()[0] in "怕担害防免省嘀遇碰"
        return not worry or "," not in before[opened[-1].end() :]
    return bool(_SUPPOSED_IN.search(clause)) or bool(re.search(r"要是|会不会", sign))


def _fiction(before: str, clause: str) -> bool:
    told = list(_FICTION.finditer(before))
    if told:
        return not _BACK_TO_SELF.search(before, told[-1].end())
    return bool(_FICTION.search(clause))


def _concrete(around: str, clause: str, subject: str, owned: bool) -> bool:
    """Whether a question is about what goes on: 我妈胸口疼怎么办, not 心梗会胸口疼吗."""
    person = bool(_CONCRETE.search(around)) or (
        (owned or subject != PATIENT) and bool(re.search("[了着]", around))
    )
    if re.search(r"现在|忽然|刚才|刚刚|今[天早晚]|昨[天晚]|这会儿", around):
        return True
    told_before = clause != around and not _ASKS.search(clause) and not _QUESTION.search(clause)
    return not _KNOWLEDGE.search(around) and (person or told_before or bool(_URGENT.search(around)))


def _far(around: str, subject: str) -> bool:
    elsewhere = _ELSEWHERE.search(around)
    if elsewhere and not _NOW_AGAIN.search(around, elsewhere.end()):
        return True
    if not (_SOMEBODY.search(around) or (subject != PATIENT and _DISTANT.search(around))):
        return False
    return bool(_LONG_AGO.search(around)) or not _AT_HAND.search(around)


def reason_of_time(text: str, start: int, end: int, *, three_days: bool, lasting: bool) -> Reason | None:
    """Why the sign is too old for a rule: past, over, or a thing of years. None when it is recent enough.

    `three_days` and `lasting` are those of the rule: see `Rule`.
    """
    sentence_start, sentence_end = sentence_at(text, start)
    before, after = text[sentence_start:start], text[end:]
    around = text[sentence_start:sentence_end]
    if _past(before, text[start:end], after):
        return Reason.PAST
    if three_days:
        if _EARLIER_THAN_THREE_DAYS.search(around) and not _present_governs(before):
            return Reason.PAST
        return Reason.CHRONIC if _chronic(before, text[start:sentence_end]) else None
    if _GONE.search(after) and not _NOT_GONE.search(after):
        return Reason.GONE
    if _BEGUN_EARLIER.search(around) and not _STILL.search(around):
        return Reason.PAST
    if not lasting and _chronic(before, text[start:sentence_end]):
        return Reason.CHRONIC
    return None


def tells_of_harmless(text: str) -> bool:
    """Whether the normalised `text` tells anywhere of what is over, of years, or a manner of speaking."""
    over = _GONE.search(text) and not _NOT_GONE.search(text)
    return bool(over or _FIGURATIVE.search(text) or _OF_YEARS.search(text))


def _chronic(before: str, after: str) -> bool:
    """腿麻好几年了 is a thing of years; 糖尿病十年了, 脸麻 is not: there the illness is."""
    if _present_governs(before):
        return False
    told = [clause for clause in re.split("[,;]", before) if not _ILLNESS.search(clause)]
    return bool(_CHRONIC.search(after)) or any(_CHRONIC.search(clause) for clause in told)


def _present_governs(before: str) -> bool:
    return bool(
        re.search(r"现在|这会儿|这[回次]|又犯|突然|忽然|今[天早晚儿]|刚才|刚刚|一下子|又(?=[犯口说])", before)
    )


def _past(before: str, sign: str, after: str) -> bool:
    """A past time opened the sentence and none of the present came after it, or one follows the sign."""
    pasts = list(_PAST.finditer(before))
    if (
        pasts
        and not NOW.search(before + sign, pasts[-1].end())
        and not _SINCE.search(before + sign, pasts[-1].end())
    ):
        return True
    if re.match(r"过(?!来|去|年|不)", after) and not NOW.search(before):
        return True
    return bool(_AFTERWARDS.search(after)) and not NOW.search(before + sign)
