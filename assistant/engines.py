"""The understanding engine that `config.yml` names: opened and closed with the process that uses it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from prometheus_client import CollectorRegistry
from pydantic import JsonValue

from assistant.channels.health import Component
from assistant.settings import Settings, SettingsError
from assistant.understanding.lexicon import Lexicon
from assistant.understanding.model.card import Card, ModelError
from assistant.understanding.ports import GrammarUnderstander, Understander
from assistant.understanding.prediction import Predictor
from assistant.understanding.serving.batcher import Batcher, BatchPolicy
from assistant.understanding.serving.live import LiveModel
from assistant.understanding.serving.loading import choose_device, open_runtime
from assistant.understanding.serving.metrics import ServingMetrics
from assistant.understanding.serving.versions import VersionStore
from assistant.understanding.trained import TrainedUnderstander
from integrations.rasa.reader import RasaError, RasaReader


async def _nothing() -> None:
    pass


@dataclass(frozen=True)
class Engine:
    """An understander, how to open and close what it works with, and how it is, for `/healthz`.

    `start` raises SettingsError with one line that says what is wrong and what to do.
    """

    understander: Understander
    component: Callable[[], Component]
    start: Callable[[], Awaitable[None]] = _nothing
    close: Callable[[], Awaitable[None]] = _nothing


def build_engine(settings: Settings, registry: CollectorRegistry | None = None) -> Engine:
    """The engine of the settings; nothing is opened yet. Raises LexiconError."""
    lexicon = Lexicon.load(settings.content_home)
    engine = settings.config.understanding.engine
    if engine == "grammar":
        component = Component(status="ok", detail={"engine": "grammar"})
        return Engine(GrammarUnderstander(lexicon), lambda: component)
    if engine == "rasa":
        return _rasa_engine(settings, lexicon)
    return _model_engine(settings, lexicon, registry)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Understander]:
    """The understander of the settings, open for the length of the block. Raises SettingsError."""
    engine = build_engine(settings)
    await engine.start()
    try:
        yield engine.understander
    finally:
        await engine.close()


def model_store(settings: Settings, lexicon: Lexicon) -> VersionStore:
    """The versions of the model that this installation has."""
    shipped = settings.home / settings.config.understanding.models
    return VersionStore(shipped, settings.var / "models" / shipped.name, lexicon.acts)


def _model_engine(settings: Settings, lexicon: Lexicon, registry: CollectorRegistry | None) -> Engine:
    metrics = ServingMetrics(registry)

    def open_model(folder: Path, card: Card) -> Predictor:
        return open_runtime(folder, card, settings.config.device)

    live = LiveModel(model_store(settings, lexicon), open_model, metrics)
    batcher = Batcher(live.predictor, _policy(settings), metrics)
    understander = TrainedUnderstander(lexicon, batcher)

    async def start() -> None:
        try:
            await live.start()
        except ModelError as error:
            raise SettingsError(f"understanding: {error}; or set engine: grammar in config.yml") from None

    async def close() -> None:
        await batcher.close()
        await live.close()

    def component() -> Component:
        card = live.card
        detail: dict[str, JsonValue] = {
            "engine": "model", "version": card.version, "fingerprint": card.fingerprint[:12]
        }  # fmt: skip
        if live.problem is not None:
            detail["problem"] = live.problem
        return Component(status="ok", detail=detail)

    return Engine(understander, component, start, close)


def _policy(settings: Settings) -> BatchPolicy:
    batching = settings.config.understanding.batching
    try:
        policy = BatchPolicy.for_device(choose_device(settings.config.device))
    except ModelError as error:
        raise SettingsError(str(error)) from None
    return replace(
        policy,
        size=batching.size or policy.size,
        deadline_ms=policy.deadline_ms if batching.wait_ms is None else batching.wait_ms,
        queue=batching.queue or policy.queue,
    )


def _rasa_engine(settings: Settings, lexicon: Lexicon) -> Engine:
    rasa = settings.config.understanding.rasa
    token = settings.rasa_token.get_secret_value() if settings.rasa_token else None
    reader = RasaReader(rasa.url, lexicon.act_of, token=token, timeout_seconds=rasa.timeout_seconds)
    understander = TrainedUnderstander(lexicon, reader)
    detail: dict[str, JsonValue] = {"engine": "rasa", "url": rasa.url}

    async def start() -> None:
        try:
            detail["version"] = await reader.check()
        except RasaError as error:
            await reader.close()
            raise SettingsError(f"understanding: {error}; or set another engine in config.yml") from None

    def component() -> Component:
        away = {"problem": "Rasa does not answer; the grammar stands alone"} if understander.failures else {}
        return Component(status="ok", detail={**detail, **away})

    return Engine(understander, component, start, reader.close)
