"""Hypertension follow-up: class, next step and alert, from the follow-up standard.

Rules, by the identifier that a reason carries. The standard is the source, except where marked:

- `htn.met`, `htn.missed`: satisfied below 140/90; from 65 years below 150/90 (unverified);
- `htn.worst`: of several classes the worst counts (unverified);
- `htn.critical`: 180 and/or 110 and above is an urgent referral;
- `htn.signs`: so are the signs of `danger_signs`; the mild ones alone ask for review (local policy);
- `htn.pregnancy`: so is 140/90 and above while pregnant or nursing;
- `htn.first`: the first time not satisfied, or a reaction, is followed up in 2 weeks;
- `htn.repeated`: twice running, a lasting reaction or a complication is referred, with a call in 2 weeks.
"""

from collections.abc import Iterator

from assistant.care.assessment.danger_signs import COMPLICATIONS, Sign, signs_in
from assistant.care.assessment.findings import CLASSES, Classification, Findings
from assistant.care.assessment.result import Assessment, NextStep, Reason
from assistant.care.source import ALERT_POLICY, ELDERLY_TARGET, FOLLOW_UP_STANDARD, WORST_CLASS
from assistant.dialogue.events import AlertLevel
from assistant.dialogue.frozen import Frozen


class Thresholds(Frozen):
    """Limits in mmHg, systolic then diastolic: a value at the limit is over it. `elderly_age` in years."""

    target: tuple[float, float] = (140, 90)
    elderly_target: tuple[float, float] = (150, 90)
    elderly_age: int = 65
    critical: tuple[float, float] = (180, 110)
    raised_in_pregnancy: tuple[float, float] = (140, 90)

    def target_at(self, age: int | None) -> tuple[float, float]:
        """The target for that age; the stricter one when the age is unknown."""
        return self.elderly_target if age is not None and age >= self.elderly_age else self.target


STANDARD = Thresholds()


def assess(findings: Findings, thresholds: Thresholds = STANDARD) -> Assessment:
    """The proposal that follows from the findings of one visit. Pure; never raises."""
    refer_at_once = tuple(_refer_at_once(findings, thresholds))
    found, class_reasons = _classes(findings, thresholds)
    next_step, step_reasons = _next_step(findings, thresholds, found, refer_at_once)
    review = tuple(_review(findings, thresholds))
    level = _alert_level(found, refer_at_once, review)
    usable = uncontrolled(findings, thresholds) is not None and level is not AlertLevel.EMERGENCY
    return Assessment(
        classification=max(found, key=CLASSES.index) if usable else None,
        next_step=next_step,
        alert_level=level,
        reasons=(*refer_at_once, *class_reasons, *step_reasons, *review),
    )


def uncontrolled(findings: Findings, thresholds: Thresholds = STANDARD) -> bool | None:
    """Whether the pressure misses its target; None when what was said leaves it open."""
    target = thresholds.target_at(findings.age)
    if findings.blood_pressure.reaches(*target):
        return True
    return False if findings.blood_pressure.stays_below(*target) else None


def _classes(findings: Findings, thresholds: Thresholds) -> tuple[set[Classification], list[Reason]]:
    """Every class that applies, and why."""
    found: set[Classification] = set()
    reasons = []
    missed = uncontrolled(findings, thresholds)
    if missed is not None:
        found.add("控制不满意" if missed else "控制满意")
        reasons.append(_target_reason(findings, thresholds, missed))
    if findings.side_effects:
        found.add("不良反应")
        reasons.append(_standard("htn.reaction", "居民诉服药后有不良反应。"))
    events = [term for term in findings.symptoms if term in COMPLICATIONS]
    if events:
        found.add("并发症")
        text = f"居民诉新发情况：{'、'.join(events)}，需医生核实是否为并发症。"
        reasons.append(_standard("htn.complication", text))
    if missed is not None and len(found - {"控制满意"}) > 1:
        text = f"同时符合多种分类，按最重的“{max(found, key=CLASSES.index)}”建议。"
        reasons.append(Reason(rule="htn.worst", text=text, source=WORST_CLASS))
    return found, reasons


def _target_reason(findings: Findings, thresholds: Thresholds, missed: bool) -> Reason:
    systolic, diastolic = thresholds.target_at(findings.age)
    elderly = (
        systolic,
        diastolic,
    ) == thresholds.elderly_target and thresholds.elderly_target != thresholds.target
    who = f"{thresholds.elderly_age}岁及以上" if elderly else ""
    verdict = "未达标" if missed else "达标"
    return Reason(
        rule="htn.missed" if missed else "htn.met",
        text=f"本次血压 {findings.blood_pressure}，{who}控制目标低于 {systolic:g}/{diastolic:g}，{verdict}。",
        source=ELDERLY_TARGET if elderly else FOLLOW_UP_STANDARD,
    )


def _refer_at_once(findings: Findings, thresholds: Thresholds) -> Iterator[Reason]:
    """Reasons for an urgent referral."""
    pressure = findings.blood_pressure
    if pressure.reaches(*thresholds.critical):
        systolic, diastolic = thresholds.critical
        text = f"血压 {pressure}，达到收缩压≥{systolic:g} 和（或）舒张压≥{diastolic:g} mmHg 的危急值。"
        yield _at_once("htn.critical", text)
    serious = [sign for sign in signs_in(findings.symptoms) if not sign.mild]
    if serious:
        yield _at_once("htn.signs", f"居民诉有需紧急处理的征象：{_names(serious)}。")
    if findings.pregnant and pressure.reaches(*thresholds.raised_in_pregnancy):
        yield _at_once("htn.pregnancy", f"妊娠期或哺乳期，血压 {pressure}，高于正常。")


def _next_step(
    findings: Findings,
    thresholds: Thresholds,
    found: set[Classification],
    refer_at_once: tuple[Reason, ...],
) -> tuple[NextStep | None, list[Reason]]:
    if refer_at_once:
        return NextStep.URGENT_REFERRAL, []
    if not found:
        return None, []
    if found == {"控制满意"}:
        return NextStep.ROUTINE, [
            _standard("htn.routine", "血压达标，无不良反应，无新发并发症：按常规随访。")
        ]
    repeated = _repeated(findings, thresholds, found)
    if repeated:
        return NextStep.REFER, [_standard("htn.repeated", f"{repeated}：建议转诊，2周内随访转诊情况。")]
    text = "首次出现：了解服药情况，由医生决定是否调整，2周内随访。"
    return NextStep.TWO_WEEKS, [_standard("htn.first", text)]


def _repeated(findings: Findings, thresholds: Thresholds, found: set[Classification]) -> str | None:
    """Why a referral is due, None when a second visit in two weeks will do."""
    if "并发症" in found:
        return "出现新的并发症或原有并发症加重"
    if "控制不满意" in found and _was_uncontrolled(findings, thresholds):
        return "连续两次血压控制不满意"
    last = findings.last_visit
    if "不良反应" in found and last is not None and last.classification == "不良反应":
        return "连续两次出现药物不良反应"
    return None


def _was_uncontrolled(findings: Findings, thresholds: Thresholds) -> bool:
    """Whether the visit before missed the target: by its class, else by its blood pressure."""
    last = findings.last_visit
    if last is None or last.classification == "控制满意":
        return False
    return last.classification == "控制不满意" or last.blood_pressure.reaches(
        *thresholds.target_at(findings.age)
    )


def _alert_level(
    found: set[Classification], refer_at_once: tuple[Reason, ...], review: tuple[Reason, ...]
) -> AlertLevel:
    """How soon a person must look. A critical value together with a serious sign is an emergency."""
    if {"htn.critical", "htn.signs"} <= {reason.rule for reason in refer_at_once}:
        return AlertLevel.EMERGENCY
    if refer_at_once:
        return AlertLevel.URGENT
    return AlertLevel.DOCTOR_REVIEW if review or found - {"控制满意"} else AlertLevel.NONE


def _review(findings: Findings, thresholds: Thresholds) -> Iterator[Reason]:
    """What the doctor should look at besides the class."""
    mild = [sign for sign in signs_in(findings.symptoms) if sign.mild]
    if mild:
        yield _policy("htn.mild_signs", f"居民诉{_names(mild)}，请医生判断是否需要处理。")
    if findings.adherence in ("间断", "不服药"):
        yield _policy("htn.adherence", f"服药依从性：{findings.adherence}。")
    pressure = findings.blood_pressure
    if pressure.missing:
        if findings.finished:
            yield _policy("htn.missing", "本次未取得血压。")
    elif not pressure.complete:
        yield _policy("htn.missing", f"血压只取得一个数值（{pressure}）。")
    elif uncontrolled(findings, thresholds) is None:
        yield _policy("htn.imprecise", f"血压只有大致数值（{pressure}），不能判断是否达标。")


def _at_once(rule: str, text: str) -> Reason:
    return Reason(rule=rule, text=text, source=FOLLOW_UP_STANDARD, refers_at_once=True)


def _policy(rule: str, text: str) -> Reason:
    return Reason(rule=rule, text=text, source=ALERT_POLICY)


def _standard(rule: str, text: str) -> Reason:
    return Reason(rule=rule, text=text, source=FOLLOW_UP_STANDARD)


def _names(signs: list[Sign]) -> str:
    return "、".join(sign.name for sign in signs)
