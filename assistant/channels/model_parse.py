"""`POST /model/parse`: Rasa's parse, with the values, the act and the danger signs of an utterance."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field, JsonValue, field_validator
from starlette.requests import Request

from assistant.channels.bodies import LONGEST_TEXT, Body
from assistant.channels.rasa import RasaRoute
from assistant.conversations.clock import ZONE, parse_today, real_now
from assistant.dialogue.meaning import ValueKind
from assistant.dialogue.slots import Speaker
from assistant.dialogue.waits import Option
from assistant.security.access import Principal
from assistant.security.guards import require
from assistant.understanding.context import Context
from assistant.understanding.ports import Understander
from assistant.understanding.rasa_shape import parse_response


class GivenOption(BaseModel):
    """A choice that the question offered; a plain string is value and label in one."""

    value: JsonValue
    label: str
    key: str | None = None
    synonyms: list[str] = []


class ParseRequest(Body):
    """An utterance and what it answers. Keys that Rasa's clients send besides are ignored, as Rasa does."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"text": "九十", "expects": "blood_pressure", "question": "低压呢？", "today": "2026-03-02"}
            ]
        }
    )

    text: str = Field(max_length=LONGEST_TEXT)
    expects: ValueKind | None = None
    question: str | None = Field(default=None, max_length=LONGEST_TEXT)
    options: list[GivenOption | str] | None = Field(default=None, max_length=200)
    today: str | None = None
    channel: Literal["voice", "voice_text", "text", "web", "wechat"] = "text"
    reading_back: bool = False
    slot: str | None = None
    speaker: Speaker = Speaker.SELF

    @field_validator("today")
    @classmethod
    def _a_day(cls, today: str | None) -> str | None:
        if today is not None:
            try:
                parse_today(today)
            except ValueError:
                raise ValueError("must be an ISO date or date-time, such as 2026-03-02") from None
        return today

    def context(self, now: datetime) -> Context:
        """What the listener knows."""
        moment = parse_today(self.today) if self.today is not None else now
        return Context(
            expects=self.expects,
            question=self.question or "",
            options=tuple(_option(option) for option in self.options or ()),
            today=moment.date(),
            now=moment,
            channel=self.channel,
            reading_back=self.reading_back,
            slot=self.slot,
            speaker=self.speaker,
        )


def router() -> APIRouter:
    """`/model/parse`, for authorised clients; the token may be in the query."""
    routes = APIRouter(route_class=RasaRoute, tags=["understanding"])
    routes.post("/model/parse", summary="What a sentence means", operation_id="parse")(_parse)
    return routes


_Caller = Annotated[Principal, Depends(require(token_in_query=True))]


async def _parse(asked: ParseRequest, request: Request, caller: _Caller) -> dict[str, Any]:
    understander: Understander = request.app.state.services.understander
    context = asked.context(real_now().astimezone(ZONE))
    return parse_response(await understander.understand(asked.text, context))


def _option(given: GivenOption | str) -> Option:
    if isinstance(given, str):
        return Option(value=given, label=given)
    return Option(value=given.value, label=given.label, key=given.key, synonyms=tuple(given.synonyms))
