"""Reads utterances with a stock Rasa 3.6 server: `POST /model/parse` of `rasa run --enable-api`."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Final, Self

import httpx

from assistant.dialogue.meaning import Act, Entity, IntentScore
from assistant.understanding.prediction import ActScore, Prediction

FALLBACK: Final = "nlu_fallback"
"""What Rasa's FallbackClassifier puts first when it is not sure; the old ranking stays behind it."""
OUT_OF_SCOPE: Final = "out_of_scope"
CONNECT_SECONDS: Final = 1.0


class RasaError(Exception):
    """The server cannot be used. The message is one line that names it and says what to do."""


class RasaReader:
    """A Rasa server as a reader of utterances. Use it as an async context manager, or `close` it.

    `act_of` gives the act of an intent. `token` is the server's `--auth-token`.
    """

    def __init__(
        self,
        url: str,
        act_of: Callable[[str], Act],
        *,
        token: str | None = None,
        timeout_seconds: float = 2.0,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.url = url
        self._act_of = act_of
        self._client = httpx.AsyncClient(
            base_url=url,
            params={"token": token} if token else None,
            timeout=httpx.Timeout(timeout_seconds, connect=CONNECT_SECONDS),
            transport=transport,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def check(self) -> str:
        """The version of the server, which must have a model loaded. Raises RasaError."""
        status = await self._json("GET", "/status")
        if not status.get("model_file"):
            raise RasaError(f"{self.url}: Rasa has no model loaded; train one with `make rasa`")
        return str((await self._json("GET", "/version")).get("version", "unknown"))

    async def predict(self, text: str) -> Prediction:
        """Rasa's reading of `text`. Raises RasaError."""
        # To Rasa a leading slash is not speech but a command.
        parsed = await self._json("POST", "/model/parse", json={"text": text.lstrip("/") or text})
        return self._prediction(parsed)

    async def close(self) -> None:
        """Lets go of the connections."""
        await self._client.aclose()

    async def _json(self, method: str, path: str, **content: Any) -> Mapping[str, Any]:
        try:
            answer = await self._client.request(method, path, **content)
        except httpx.HTTPError as error:
            raise RasaError(
                f"{self.url}: Rasa does not answer ({type(error).__name__}); is it running with --enable-api?"
            ) from None
        if answer.status_code in (401, 403):
            raise RasaError(
                f"{self.url}: Rasa refuses the token; ASSISTANT_RASA_TOKEN must be its --auth-token"
            )
        try:
            body = answer.json()
        except ValueError:
            body = None
        if not answer.is_success or not isinstance(body, Mapping):
            reason = body.get("message") if isinstance(body, Mapping) else None
            raise RasaError(
                f"{self.url}{path}: Rasa answered {answer.status_code}: {reason or 'no JSON object'}"
            )
        return body

    def _prediction(self, parsed: Mapping[str, Any]) -> Prediction:
        try:
            ranking = [
                IntentScore(name=str(row["name"]), confidence=min(1.0, float(row["confidence"])))
                for row in parsed.get("intent_ranking") or [parsed["intent"]]
                if row["name"] is not None
            ]
            entities = tuple(_entity(row) for row in parsed.get("entities") or ())
        except (KeyError, TypeError, ValueError) as error:
            raise RasaError(f"{self.url}: no Rasa parse: {type(error).__name__} {error}") from None
        unsure = bool(ranking) and ranking[0].name == FALLBACK
        known = [score for score in ranking if score.name != FALLBACK]
        outside = sum(score.confidence for score in known if score.name == OUT_OF_SCOPE)
        weights: dict[Act, float] = defaultdict(float)
        for score in known:
            weights[self._act_of(score.name)] += score.confidence
        acts = sorted((ActScore(act, min(1.0, weight)) for act, weight in weights.items()), key=_weight)
        return Prediction(
            intents=tuple(known[:10]),
            acts=tuple(acts),
            in_scope=0.0 if unsure or not known else max(0.0, 1.0 - outside),
            entities=entities,
        )


def _weight(score: ActScore) -> float:
    return -score.confidence


def _entity(row: Mapping[str, Any]) -> Entity:
    return Entity(
        entity=str(row["entity"]),
        value=row["value"],
        start=int(row["start"]),
        end=int(row["end"]),
        confidence=float(row.get("confidence_entity") or 1.0),
        extractor=str(row.get("extractor") or "rasa"),
    )
