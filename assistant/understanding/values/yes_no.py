"""Yes or no: the truth of the question's positive statement.

Three strengths of evidence. An echo of the question's predicate (没漏, 吃了) tells about the matter itself;
so does 有 or 没有. 对 and 不是 only agree or disagree with the question as it was put, and a negative
question (您没有漏服药吧) turns them round. Where matter and matter disagree, it is asked again.
"""

import re
from itertools import pairwise

from assistant.dialogue.meaning import Value, ValueKind
from assistant.understanding.context import Context
from assistant.understanding.corrections import repairs, taken_back
from assistant.understanding.negation import denied, unmasked
from assistant.understanding.normalise import normalise
from assistant.understanding.sentence import Sentence
from assistant.understanding.values import single
from assistant.understanding.values.echoes import AGREEMENT, ECHO, MATTER, Signal, clause_before, echoes_in

_MATTER = re.compile(
    r"(?P<no>没有|不(?:信(?=$|[,。你任])|同意|愿意|方便|太好|大好|好吧|接受)|(?:那天|那个?时候|那会儿?)(?:我|可能|要|正好|刚好)*(?:有事|没空|没时间|不在|去不了|来不了)|换(?:一天|个时间|个日子|一下时间|别的)|改(?:天"
    r"|期)|没(?=[,。!?啊呢哦呀了]|$|的)|没(?:有)?(?:顾[上得]|空儿?吃|来得及)|还没|不会|不能|不行|不可以|不成|不用|用不[着上]|不需要|不必|不要|免了|算了"
    r"|别了|别(?=[录转约打挂查寄发换改])|谁(?=愿意|想|要|肯)|滴酒不沾|下次吧?|以后再说|没必要|没事|没啥|没什么|没兴趣"
    r"|[能会]有(?:什么|啥)(?:事|反应|问题|不)"
    r"|不麻烦|甭|从来不|从不)"
    r"|(?P<yes>有(?!限|点忙|事|空|时候?忙|什么|啥|谁|哪|多|没有|人[来敲找叫])|(?<!开)会的?(?=$|[,。])|(?<!可)能(?=$|[,。])|可以"
    r"|没问题|没关系|(?<!还)行(?!动|为|走|李|业)|中(?=$|[,。])"
    r"|成(?=$|[,。啊吧])|(?<![还挺很蛮都太最更不])好(?:的|啊|吧|呀|嘞|滴|哒)"
    r"|(?<![还挺很蛮都太最更不])好(?=$|[,。]|好|谢)|ok|要得|随便|都行|听[你您]们?的|那?就(?!算|不|别|免|再|改|下|等|那)[一-鿿]{1,2}吧(?=$|[,。])|难免|谁还没|快点?[说讲]|^(?:嗯|那|就|你|您|行|好|,)*(?:快一?点儿?|抓紧)(?=[说讲问吧啊]|$|[,。])|赶紧[说讲]|有话[就快直]?[说讲]|[你您]讲吧?(?=$|[,。])|您说|(?<![跟和听])你说(?!什么|啥|的|谁|哪"
    r"|呢)|同意|愿意|无所谓|没意见|你们?(?:定|安排|看着办)|(?P<same>[一-鿿])就(?P=same)|(?<!再)[说讲]吧|问吧|麻烦你了?"
    r"|有时候?|偶尔|经常|时不时|一直|肯定)"
)
_AGREEMENT = re.compile(
    r"(?P<no>不对|不是|不(?=[,。!啊]|$|不)|错了|错的|错(?=$|[,。])|哪有|哪里(?=哪里|$|[,。!])|才不|咋会|瞎说"
    r"|搞错|弄错|怎么可能|怎么会|哪能|哪会|哪敢|咋可能|否)"
    r"|(?P<yes>没有?错(?!过|别)|可不是?[嘛吗么]?|谁说不是|不用说|是(?=的|啊|呀|$|[,。!]|嘞|滴|是|我|吧|呢"
    r"|哒|这样)|对(?!不起|面|方|了你|象|付|着)|嗯+|恩|哎(?![呀哟])|诶"
    r"|唉(?=[,。是对]|$)|当然|正确|那当然|那是|确实|就是(?=$|[,。的啊])|差不多|yes|哦对|必须的|可不)"
)
_NEVER_DENIED = re.compile(r"没问题|没关系|偶尔|有时|时不时|经常")
_DO_IT = re.compile(r"^(?:那|就|嗯|[,。])*(?P<deed>[^不没别算免好])[吧呗嘛][,。]?$")
"""转吧 to 需要我帮您转医生吗."""
_ONLY_SOUND = re.compile(
    r"^(?:嗯+|恩|哎|诶|唉)[,。]?(?=.*(?:谁|什么|啥|哪[里儿位个]|为什么|干嘛|吗[?]?$|[?]|[大小]点|听不|没听|骗|你说呢"
    r"|记不[清得]|不知道|不清楚))(?!.*(?:是的|对[,。]|没错|好的|可以|方便))"
)
"""嗯 before a question back is a sound, no yes."""
_DOING_WELL = re.compile(r"[还挺很蛮都]+好(?!不)|挺不错|还(?:行|可以|不错)|没感觉|没反应")
_OTHERWISE = re.compile(r"(?:别的|其他的?|其它的?|另外的?|旁的|剩下的?)(?:都|就|倒|也)*$")
_RHETORICAL_DENIAL = re.compile(r"怎么可能|怎么会|哪能|哪会|哪敢|哪有|咋可能|咋会|怎么能")
_VAGUE = re.compile(
    r"一般|还行|还可以|凑合|不一定|看情况|说不好|说不准|不好说|马马虎虎|看吧|再说(?![一清慢次])|不见得"
)
_HEDGED = re.compile(r"应该|好像|(?<!怎么)(?<!咋)(?<!不)可能(?!吗)|大概|估计|差不多|也许|似乎|大约")
_NO_ANSWER = re.compile(r"不知道|不晓得|不清楚|不记得|不确定|没听[清见懂到]|听不[清见懂到]|什么意思|没懂")
_TAG = re.compile(r"(?:,|。)?(?:对|是|是这样|没错|好|可以|行)(?:吗|吧|不对|不是|么)?[?]?$")
_A_NOT_A = re.compile(r"有没有|是不是|(.)不\1|(.)没\2|能不能|会不会|是否|有无|了没有?|没有[?]?$|还是没")
_NEGATIVE = re.compile(r"没有?|不(?!舒服|适|良|好受|方便说)|未")


def asks_negatively(question: str) -> bool:
    """Whether the question, normalised, is put in the negative: 您没有漏服药吧."""
    asked = [part for part in re.split(r"[。!;]", question) if part.strip()]
    if not asked:
        return False
    last = _TAG.sub("", asked[-1]) if not re.search(r"[?]", "".join(asked[:-1])) else asked[-1]
    clauses = [part for part in re.split(r"[,?]", last) if part.strip()]
    if not clauses:
        return False
    # 您是不是没有按时吃 is put in the negative, 您有没有漏服 is not.
    clause = re.sub("是不是|是否", "", clauses[-1])
    return bool(_NEGATIVE.search(unmasked(clause))) and not _A_NOT_A.search(clause)


_ASKS_FOR_PERSON = re.compile(r"接.{0,4}电话|本人.{0,6}方便")
_HERE = re.compile(
    r"^(?:喂|哎|诶|嗯|,)*(?:我(?:就|才)?是(?![她他您你]|.{0,4}的)|我来了|来了|在(?:的|呢|家|旁边|啊|,|$)|[她他]在(?!.{0,3}睡|洗|外"
    r"|医院|上班|忙)|本人)"
)
_AWAY = re.compile(
    r"不在|没在|(?:出去|出门|走|睡|上班去|住院)[了呢着]|出去|在(?:睡|洗|外面|医院|住院|上班)|接不了|没回来"
    r"|还没起"
)


def parse(sentence: Sentence, context: Context) -> list[Value]:
    """The yes or no in the utterance, when one was asked for or a value was read back."""
    if not context.asks_yes_no:
        return []
    text = sentence.text
    question = normalise(context.question).text
    if _ASKS_FOR_PERSON.search(question) and (away := _AWAY.search(text)):
        return [sentence.value(ValueKind.YES_NO, False, away.span())]
    if _ASKS_FOR_PERSON.search(question) and (here := _HERE.search(text)):
        return [sentence.value(ValueKind.YES_NO, True, here.span())]
    negative = False if context.reading_back else asks_negatively(question)
    signals = echoes_in(text, question) if not context.reading_back else []
    signals += _matters(text, question, context.reading_back)
    signals = _of_the_patient(sentence, signals)
    agreement = [] if _ONLY_SOUND.match(text) else _agreements(sentence, negative)
    if not context.reading_back and taken_back(text):
        # 刚才血压说错了 says nothing about the question that stands.
        signals, agreement = [signal for signal in signals if signal.strength == ECHO], []
    if not signals and _VAGUE.search(text):
        return [sentence.value(ValueKind.YES_NO, None, _VAGUE.search(text).span(), confirm=True)]  # type: ignore[union-attr]
    if _NO_ANSWER.search(text) and not any(signal.strength == ECHO for signal in signals):
        return []
    return _verdict(sentence, signals, agreement, negative)


def _of_the_patient(sentence: Sentence, signals: list[Signal]) -> list[Signal]:
    """Without what is said of others (我老伴抽, 我不抽) or of before (以前抽, 现在不抽了)."""
    mine = [signal for signal in signals if sentence.mine(signal.start)]
    now = [signal for signal in mine if not sentence.scope(signal.start, signal.end).past]
    now = now or mine
    return [now[index] for index in single.held_now(sentence.text, [signal.start for signal in now])]


def _verdict(
    sentence: Sentence, matter: list[Signal], agreement: list[Signal], negative: bool
) -> list[Value]:
    approx = bool(_HEDGED.search(sentence.text))
    matter = _after_repairs(sentence.text, matter)
    if matter:
        echoes = _without_topics(sentence.text, [signal for signal in matter if signal.strength == ECHO])
        matter = [signal for signal in matter if signal.strength != ECHO or signal in echoes]
        matter = [signal for signal in matter if not _negates_echo(sentence.text, signal, echoes)]
        decided = (echoes or matter)[-1]
        doubtful = any(signal.says_yes != decided.says_yes for signal in matter)
        return [
            sentence.value(ValueKind.YES_NO, decided.says_yes, _span(matter), approx=approx, confirm=doubtful)
        ]
    if not agreement:
        return []
    agreement = _after_repairs(sentence.text, _without_explanations(sentence.text, agreement))
    decided = _weightier(agreement)
    bare_no = sentence.text[decided.start : decided.end] == "不"
    if negative and bare_no:
        return [sentence.value(ValueKind.YES_NO, None, (decided.start, decided.end), confirm=True)]
    return [sentence.value(ValueKind.YES_NO, decided.says_yes, _span(agreement), approx=approx)]


def _without_topics(text: str, echoes: list[Signal]) -> list[Signal]:
    """漏倒是没漏, 吃是吃了: the word said first only names the topic."""
    return [
        echo
        for echo in echoes
        if not any(
            other.start > echo.start
            and text[other.start : other.end] == text[echo.start : echo.end]
            and re.match(r"(?:倒|倒是|是)(?:也)?(?:没有?|不)?$", text[echo.end : other.start])
            for other in echoes
        )
    ]


def _negates_echo(text: str, signal: Signal, echoes: list[Signal]) -> bool:
    """没有 of 没有一天不吃 is already counted in the echo that follows in its clause."""
    return signal.strength == MATTER and any(
        signal.start < echo.start and text[signal.start : signal.end] in clause_before(text, echo.start)
        for echo in echoes
    )


def _without_explanations(text: str, agreement: list[Signal]) -> list[Signal]:
    """Without the 是 that says what is so instead: 不是, 是我爸."""
    return [
        signal
        for at, signal in enumerate(agreement)
        if not (
            at
            and text[signal.start : signal.end + 1] == "是我"
            and re.search(r"(?:,|不是)$", text[: signal.start])
        )
        or text[signal.end + 1 :].strip(",。!") == ""
    ]


def _weightier(agreement: list[Signal]) -> Signal:
    """嗯 before 不是 is only a sound; otherwise the first word decides."""
    if len({signal.says_yes for signal in agreement}) == 1:
        return agreement[0]
    return agreement[-1]


def _span(signals: list[Signal]) -> tuple[int, int]:
    return min(s.start for s in signals), max(s.end for s in signals)


_RECALLS = re.compile(r"[哦噢](?!不)|想起来了|对了")


def _after_repairs(text: str, signals: list[Signal]) -> list[Signal]:
    """What stands after the last mended slip (有, 哦不, 没有), if anything does."""
    for before, after in reversed(list(pairwise(signals))):
        if before.says_yes != after.says_yes and _RECALLS.search(text, before.end, after.start):
            return signals[signals.index(after) :]
    for start, end in reversed(repairs(text)):
        if not re.match(r"哦不|啊不|说错|口误|[啊哦噢诶哎]不", text[start:end].lstrip(",")):
            continue
        later = [signal for signal in signals if signal.start >= end]
        if later and len(later) < len(signals):
            return later
    return signals


def _matters(text: str, question: str, reading_back: bool) -> list[Signal]:
    if reading_back:
        return [
            Signal(MATTER, True, *found.span())
            for found in re.finditer(r"可以|没问题|行(?=$|[,。])|好(?:的|啊)?(?=$|[,。])", text)
        ]
    ailing = bool(re.search(r"有没有|不舒服|难受|疼|痛|晕|症状|反应|问题", question))
    signals = []
    for found in _MATTER.finditer(text):
        says = found["yes"] is not None
        word = found.group()
        if _OTHERWISE.search(text[: found.start()]):
            continue
        if found.group() in ("不行", "不成") and re.search(r"不[一-鿿]{1,2}$", text[: found.start()]):
            continue
        if word[:2] in ("能有", "会有") and not ailing:
            continue
        if word in ("没事", "没啥", "没什么"):
            says = not ailing
        elif says and not _NEVER_DENIED.match(word) and denied(clause_before(text, found.start())[-4:]):
            says = False
        elif not says and re.search(r"不是$|怎么可能$|怎么会$|怎么$", clause_before(text, found.start())):
            says = True
        signals.append(Signal(MATTER, says, *found.span()))
    agreed = _DO_IT.match(text)
    if agreed and agreed["deed"] in question and not signals:
        signals.append(Signal(MATTER, True, *agreed.span()))
    if ailing and not signals and (well := _DOING_WELL.search(text)):
        signals.append(Signal(MATTER, False, *well.span()))
    return signals


def _agreements(sentence: Sentence, negative: bool) -> list[Signal]:
    text = sentence.text
    signals = []
    for found in _AGREEMENT.finditer(text):
        agrees = found["yes"] is not None
        if _RHETORICAL_DENIAL.match(text, found.start()):
            # A rhetorical question denies the matter, however the question was put.
            signals.append(Signal(AGREEMENT, False, *found.span()))
            continue
        signals.append(Signal(AGREEMENT, agrees != negative, *found.span()))
    return signals
