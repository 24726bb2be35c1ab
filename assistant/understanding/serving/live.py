"""The model that serves now: swapped while calls go on, kept when its successor cannot be used."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import structlog

from assistant.understanding.model.card import Card, ModelError
from assistant.understanding.prediction import Predictor
from assistant.understanding.serving.metrics import ServingMetrics
from assistant.understanding.serving.pointer import Choice
from assistant.understanding.serving.versions import VersionStore

log = structlog.get_logger(__name__)

Open = Callable[[Path, Card], Predictor]
"""Loads a model folder whose card has been checked. Raises ModelError."""


class LiveModel:
    """The active version of a store, loaded; a batcher takes `predictor` from here for each batch.

    A version that is activated by any process is picked up within `poll_seconds`: checked, loaded and tried
    out beside the one that serves, then swapped by one assignment. Requests under way keep the old model
    alive until they are done. What cannot be used is logged and told by `problem`; the old one keeps serving.
    """

    def __init__(
        self,
        store: VersionStore,
        open_model: Open,
        metrics: ServingMetrics | None = None,
        poll_seconds: float = 2.0,
    ) -> None:
        self._store = store
        self._open = open_model
        self._metrics = metrics or ServingMetrics()
        self._poll_seconds = poll_seconds
        self._serving: tuple[Card, Predictor] | None = None
        self._mark: tuple[int, int, int] | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._one_at_a_time = asyncio.Lock()
        self.problem: str | None = None
        """Why the active version does not serve, in one line; None when it does."""

    @property
    def card(self) -> Card:
        """The card of the model that serves. Raises ModelError before `start`."""
        return self._loaded()[0]

    def predictor(self) -> Predictor:
        """The model that serves at this moment. Raises ModelError before `start`."""
        return self._loaded()[1]

    async def start(self) -> Card:
        """Load the active version and watch for others.

        Where it cannot be used an earlier choice or the shipped version serves instead, and `problem` says
        why. Raises ModelError, that of the active version, when none can be used.
        """
        await self.refresh()
        if self._serving is None:
            await self._fall_back()
        self._watcher = asyncio.create_task(self._watch(), name="model-watcher")
        return self.card

    async def close(self) -> None:
        """Stop watching and put the model down."""
        if self._watcher is not None:
            self._watcher.cancel()
            await asyncio.gather(self._watcher, return_exceptions=True)
        self._serving = None

    async def refresh(self) -> None:
        """Serve what is active now; keep what serves, and say so in `problem`, when that cannot be used."""
        async with self._one_at_a_time:
            # Before reading, so that a choice made meanwhile is seen at the next look.
            self._mark = self._store.mark()
            try:
                choice = await asyncio.to_thread(self._store.active)
                if self._serving is None or choice.fingerprint != self._serving[0].fingerprint:
                    await self._serve(choice)
                self.problem = None
            except ModelError as error:
                self._refuse(str(error))
            except Exception as error:  # whatever a broken model does, the one that serves goes on
                self._refuse(f"the active model could not be loaded ({type(error).__name__})")

    def _refuse(self, problem: str) -> None:
        self.problem = problem
        self._metrics.refusals.inc()
        log.error("model refused", error=problem)

    async def _serve(self, choice: Choice) -> None:
        card, predictor = await asyncio.to_thread(self._load, choice)
        self._serving = (card, predictor)
        self._metrics.serves(card.version, card.fingerprint)
        log.info("model serves", version=card.version)

    def _load(self, choice: Choice) -> tuple[Card, Predictor]:
        card = self._store.check_chosen(choice)
        return card, self._open(self._store.folder(choice.version), card)

    async def _fall_back(self) -> None:
        for choice in await asyncio.to_thread(self._store.fallbacks):
            try:
                await self._serve(choice)
            except ModelError as error:
                log.error("model refused", error=str(error))
            except Exception as error:  # as in refresh
                log.error("model refused", error_type=type(error).__name__)
            else:
                return
        raise ModelError(self.problem or "no model can be used")

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._poll_seconds)
            if self._store.mark() != self._mark:
                await self.refresh()

    def _loaded(self) -> tuple[Card, Predictor]:
        if self._serving is None:
            raise ModelError("no model is loaded")
        return self._serving
