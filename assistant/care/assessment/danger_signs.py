"""Symptom terms for which the follow-up standard refers at once, and complications of hypertension."""

from assistant.dialogue.frozen import Frozen


class Sign(Frozen):
    """A sign by the name of the standard, the symptom terms that mean it, and whether it is mild when alone.

    A mild sign alone asks for the doctor's review, not for an urgent referral.
    """

    name: str
    terms: frozenset[str]
    mild: bool = False


REFERRAL_SIGNS: tuple[Sign, ...] = (
    Sign(
        name="意识改变",
        terms=frozenset({"意识改变", "意识模糊", "意识障碍", "昏迷", "晕厥", "抽搐"}),
    ),
    Sign(name="剧烈头痛或头晕", terms=frozenset({"剧烈头痛", "剧烈头晕"})),
    Sign(name="视力模糊", terms=frozenset({"视力模糊", "视物模糊", "视力下降", "视力骤降", "视力丧失"})),
    Sign(name="眼痛", terms=frozenset({"眼痛"})),
    Sign(name="胸闷胸痛", terms=frozenset({"胸闷", "胸痛", "心绞痛"})),
    Sign(name="喘憋", terms=frozenset({"呼吸困难", "喘憋不能平卧", "不能平卧", "夜间憋醒"})),
    Sign(name="卒中征象", terms=frozenset({"肢体无力", "口角歪斜", "言语不清"})),
    Sign(name="出血不止", terms=frozenset({"出血不止", "鼻出血不止", "鼻衄出血不止"})),
    Sign(name="恶心呕吐", terms=frozenset({"恶心呕吐", "恶心", "呕吐"}), mild=True),
    Sign(name="心悸", terms=frozenset({"心悸", "心慌", "心前区不适"}), mild=True),
    Sign(name="活动后气促", terms=frozenset({"活动后气促", "运动后气促"}), mild=True),
)
"""The standard's list, with stroke signs and bleeding added; the split into mild and not is local policy."""

COMPLICATIONS: frozenset[str] = frozenset(
    {"脑卒中", "中风", "脑梗死", "脑梗", "脑出血", "短暂性脑缺血发作", "心肌梗死", "心梗", "心绞痛"}
    | {"心力衰竭", "心衰", "肾功能衰竭", "肾衰竭", "肾衰", "主动脉夹层", "眼底出血", "视网膜出血"}
)
"""Events that, reported as new, are a complication to be judged by the doctor."""


def signs_in(symptoms: tuple[str, ...]) -> tuple[Sign, ...]:
    """The referral signs among the symptoms, in the order of the table."""
    return tuple(sign for sign in REFERRAL_SIGNS if sign.terms.intersection(symptoms))
