"""A conversation on the shipped content, driven by hand-made meanings: the engine alone, nothing else."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from assistant.content import load, read
from assistant.dialogue.content import Content
from assistant.dialogue.conversation import Channel, Conversation, Turn
from assistant.dialogue.engine import advance, begin
from assistant.dialogue.events import Event, Said
from assistant.dialogue.inputs import ActionResult, Input, Started, Utterance
from assistant.dialogue.meaning import Act, IntentScore, Meaning, RedFlag, Value, ValueKind

HOME = Path(__file__).resolve().parents[2] / "nlu_data"
NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
FACTS: dict[str, Any] = {
    "centre_name": "梧桐街道社区卫生服务中心",
    "centre_phone": "0551-6500-0120",
    "doctor_name": "李明",
    "patient_name": "王秀英",
    "age": 67,
    "birth_year": 1959,
    "on_file": {"medications": ["氨氯地平"]},
}
YES = Value(kind=ValueKind.YES_NO, value=True)
NO = Value(kind=ValueKind.YES_NO, value=False)


@cache
def content() -> Content:
    """The shipped flows, responses and forms."""
    return load(read(HOME))


def value(kind: str, given: Any, **fields: Any) -> Value:
    """A value of a kind."""
    return Value(kind=ValueKind(kind), value=given, **fields)


def utterance(
    text: str, *values: Value, act: str = "answer", intent: str = "inform", confidence: float = 1.0
) -> Utterance:
    """An utterance with its meaning."""
    flags = (
        (RedFlag(rule="test", subject="patient", text=text, span=(0, len(text))),)
        if act == "emergency"
        else ()
    )
    meaning = Meaning(
        text=text,
        act=Act(act),
        intent=IntentScore(name=intent, confidence=1.0),
        values=values,
        red_flags=flags,
    )
    return Utterance(text=text, meaning=meaning, confidence=confidence)


class Talk:
    """Keeps the conversation and all its events while a test speaks."""

    def __init__(
        self, flow: str = "followup_hypertension", channel: Channel = "voice_text", **facts: Any
    ) -> None:
        self.content = content()
        self.state: Conversation = begin(
            id="c1", flow=flow, channel=channel, content=self.content, facts={**FACTS, **facts}
        )
        self.events: list[Event] = []
        self.inputs: list[Input] = []
        self.turn: Turn = self.give(Started())

    def give(self, input: Input) -> Turn:
        """Advances by an input; an action that is asked for gives no advice and a date."""
        self.turn = advance(self.state, input, NOW, self.content)
        self.inputs.append(input)
        self.state = self.turn.conversation
        self.events += self.turn.events
        if self.state.pending_action is not None:
            result = {"advice": [], "next_follow_up": {"date": "2027-02-24", "reason": "常规随访"}}
            return self.give(ActionResult(action_id=self.state.pending_action, values=result))
        return self.turn

    def hear(self, text: str, *values: Value, **meaning: Any) -> "Talk":
        """The resident says something."""
        self.give(utterance(text, *values, **meaning))
        return self

    def verified(self) -> "Talk":
        """Past identity and consent, at the first question."""
        self.hear("是我", value("identity", {"is_patient": True}))
        self.hear("一九五九年", value("identity", {"is_patient": True, "birth_year": 1959}))
        return self.hear("可以", YES)

    def at_blood_pressure(self) -> "Talk":
        """At the question for the blood pressure."""
        return self.verified().hear(
            "没有", value("symptoms", {"present": [], "absent": [], "unsure": [], "none": True})
        )

    @property
    def said(self) -> list[str]:
        """Keys of what was said in the last turn."""
        return [event.response for event in self.turn.events if isinstance(event, Said)]

    @property
    def waits_for(self) -> str | None:
        """The slot asked for."""
        return self.turn.wait.slot if self.turn.wait is not None else None

    def slot(self, name: str) -> Any:
        """The value filed in a slot, None without one."""
        filed = self.state.slots.get(name)
        return filed.value if filed is not None and filed.filled else None

    def status(self, name: str) -> str | None:
        """The status of a slot."""
        return self.state.slots[name].status.value if name in self.state.slots else None
