"""Danger signs in an utterance, for the patient or a real person with the speaker now.

The words of a sign are not enough: denied, past, supposed, feared, told of a film or asked in general they
are no emergency. Rules: `nlu/red_flags.yml`; table of values.md, `emergency`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.dialogue.meaning import RedFlag, Value
from assistant.understanding.context import Context
from assistant.understanding.red_flag_rules import MEASURED, Rule
from assistant.understanding.red_flag_scope import Reason, reason_of_time
from assistant.understanding.red_flag_signs import SetAside, Sign, from_question, measured, told, with_pauses
from assistant.understanding.scope import sentence_at
from assistant.understanding.sentence import Sentence
from assistant.understanding.subjects import PATIENT

NEAR = 10
"""Characters around the signs in which words may explain them harmlessly."""


MILD_IS_NOTHING = MEASURED | {"severe_headache"}
"""Signs beside which a complaint that was called mild does not count: 高压一百八, 有一点点头晕."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The dangers found, and the signs whose words are there but report none."""

    flags: tuple[RedFlag, ...]
    set_aside: tuple[SetAside, ...]


def find(sentence: Sentence, context: Context, values: Sequence[Value]) -> tuple[RedFlag, ...]:
    """Every danger that a rule finds in the utterance, each once per person."""
    return judge(sentence, context, values).flags


def judge(sentence: Sentence, context: Context, values: Sequence[Value]) -> Judged:
    """Every danger that a rule finds, each once per person, and what was set aside."""
    rules = sentence.lexicon.red_flags
    sentence = with_pauses(sentence)
    signs, aside = told(sentence, rules)
    signs += measured(sentence, context)
    signs += from_question(sentence, context, values, rules)
    flags: list[RedFlag] = []
    for rule in rules.rules if signs else ():
        found, failed = _of_each_person(sentence, rule, signs)
        flags += found
        aside += failed
    return Judged(tuple(flags), tuple(dict.fromkeys(aside)))


def _of_each_person(
    sentence: Sentence, rule: Rule, signs: list[Sign]
) -> tuple[list[RedFlag], list[SetAside]]:
    """The danger of `rule` for everybody who shows it, and the signs set aside.

    Where no one person shows all signs of a line, whoever tells of another (老伴胸口疼, 我一摸一身汗) tells
    the rest of that person as well.
    """
    flags, aside = [], []
    for subject in dict.fromkeys(sign.subject for sign in signs):
        theirs = [sign for sign in signs if sign.subject == subject or sign.unowned]
        fired, failed = _fires(sentence, rule, theirs)
        aside += failed
        if fired and (subject == PATIENT or any(sign.subject == subject for sign in fired)):
            flags.append(_flag(sentence, rule, subject, fired))
    if not flags:
        fired, failed = _fires(sentence, rule, signs)
        aside += failed
        if fired:
            subject = next((sign.subject for sign in fired if sign.subject != PATIENT), PATIENT)
            flags.append(_flag(sentence, rule, subject, fired))
    return flags, aside


def _flag(sentence: Sentence, rule: Rule, subject: str, fired: list[Sign]) -> RedFlag:
    said = [sign for sign in fired if not sign.asked]
    start = min((sign.start for sign in said), default=0)
    end = max((sign.end for sign in said), default=len(sentence.text))
    return RedFlag(
        rule=rule.rule,
        subject=subject,
        text=sentence.normalised.given_words(start, end),
        span=sentence.normalised.given_span(start, end),
    )


def _fires(sentence: Sentence, rule: Rule, signs: list[Sign]) -> tuple[list[Sign], list[SetAside]]:
    """The signs that make `rule` fire for one person (empty when it does not), and those it set aside."""
    aside: list[SetAside] = []
    for line in rule.lines:
        fired = []
        for name in line:
            fitting = [sign for sign in signs if sign.name == name]
            if line & MILD_IS_NOTHING:
                fitting = [sign for sign in fitting if not sign.mild]
            recent = [sign for sign in fitting if not _too_old(sentence.text, rule, sign, aside)]
            if not recent:
                break
            fired.append(recent[0])
        else:
            if not _explained(sentence.text, rule, fired):
                return fired, aside
            aside += [SetAside(sign.name, Reason.HARMLESS, sign.start, sign.end) for sign in fired]
    return [], aside


def _too_old(text: str, rule: Rule, sign: Sign, aside: list[SetAside]) -> bool:
    if sign.asked:
        return False
    reason = reason_of_time(text, sign.start, sign.end, three_days=rule.three_days, lasting=rule.lasting)
    if reason:
        aside.append(SetAside(sign.name, reason, sign.start, sign.end))
    return reason is not None


def _explained(text: str, rule: Rule, fired: list[Sign]) -> bool:
    """Whether the words around the signs make something harmless of them."""
    said = [sign for sign in fired if not sign.asked]
    if rule.unless is None or not said:
        return False
    first, last = min(sign.start for sign in said), max(sign.end for sign in said)
    start, _ = sentence_at(text, first)
    _, end = sentence_at(text, last - 1)
    around = text[max(start, first - NEAR) : min(end, last + NEAR)]
    return bool(rule.unless.search(around)) and not (rule.despite and rule.despite.search(around))
