"""A running server swaps models while calls go on, and keeps the one it has when the other is no good."""

import asyncio
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from assistant.understanding.model.card import Card, ModelError
from assistant.understanding.serving.batcher import Batcher, BatchPolicy
from assistant.understanding.serving.live import LiveModel
from assistant.understanding.serving.metrics import ServingMetrics
from assistant.understanding.serving.versions import VersionStore
from tests.understanding.serving.fakes import Echo, Gated
from tests.understanding.serving.folders import model_folder


@pytest.fixture
def store(tmp_path: Path) -> VersionStore:
    """Versions 1 and 2 shipped, 1 chosen."""
    store = VersionStore(tmp_path / "shipped", tmp_path / "own")
    model_folder(store.shipped, "1")
    model_folder(store.shipped, "2")
    store.activate("1")
    return store


class Opener:
    """Opens a version as an echo that answers under its version's name; refuses those named."""

    def __init__(self, *refused: str) -> None:
        self.refused = set(refused)
        self.opened: list[str] = []

    def __call__(self, folder: Path, card: Card) -> Echo:
        self.opened.append(card.version)
        if card.version in self.refused:
            raise ModelError(f"{folder}: does not load")
        return Echo(card.fingerprint)


def served(live: LiveModel) -> str:
    return live.card.version


async def until_served(live: LiveModel, version: str) -> None:
    async with asyncio.timeout(20):
        while served(live) != version:
            await asyncio.sleep(0.005)


async def test_the_active_version_serves(store: VersionStore) -> None:
    metrics = ServingMetrics(registry := CollectorRegistry())
    live = LiveModel(store, Opener(), metrics)
    card = await live.start()
    assert card.version == "1"
    assert live.predictor().fingerprint == card.fingerprint
    assert live.problem is None
    labels = {"version": "1", "fingerprint": card.fingerprint}
    assert registry.get_sample_value("assistant_understanding_model", labels) == 1
    await live.close()


async def test_a_choice_made_by_another_process_is_picked_up(store: VersionStore) -> None:
    live = LiveModel(store, Opener(), poll_seconds=0.01)
    await live.start()
    elsewhere = VersionStore(store.shipped, store.own)
    elsewhere.activate("2")
    await until_served(live, "2")
    elsewhere.roll_back()
    await until_served(live, "1")
    await live.close()


async def test_no_request_is_lost_by_swaps_under_load(store: VersionStore) -> None:
    live = LiveModel(store, Opener(), poll_seconds=0.005)
    await live.start()
    fingerprints = {store.check(version).fingerprint for version in ("1", "2")}
    answers: list[str] = []

    async def caller(name: int, batcher: Batcher) -> None:
        for turn in range(100):
            text = f"{name}-{turn}"
            prediction = await batcher.predict(text)
            fingerprint, _, echoed = prediction.intents[0].name.partition(":")
            assert echoed == text
            answers.append(fingerprint)
            await asyncio.sleep(0.001)

    async def operator() -> None:
        for version in ("2", "1") * 10:
            await asyncio.to_thread(store.activate, version)
            await until_served(live, version)

    async with Batcher(live.predictor, BatchPolicy(size=8, workers=2)) as batcher:
        await asyncio.gather(operator(), *(caller(name, batcher) for name in range(20)))
    await live.close()
    assert len(answers) == 2000
    assert set(answers) == fingerprints, "both versions answered"


async def test_a_request_in_flight_finishes_on_the_old_model(store: VersionStore) -> None:
    old: list[Gated] = []

    def open_model(_: Path, card: Card) -> Echo:
        if card.version == "1":
            old.append(Gated(card.version))
            return old[0]
        return Echo(card.version)

    live = LiveModel(store, open_model)
    await live.start()
    async with Batcher(live.predictor, BatchPolicy()) as batcher:
        early = asyncio.ensure_future(batcher.predict("早"))
        assert await asyncio.to_thread(old[0].entered.wait, 20)
        store.activate("2")
        await live.refresh()
        assert served(live) == "2"
        old[0].gate.set()
        assert (await early).intents[0].name == "1:早"
        assert (await batcher.predict("晚")).intents[0].name == "2:晚"
    await live.close()


async def test_a_model_that_does_not_load_is_refused_and_the_old_one_keeps_serving(
    store: VersionStore,
) -> None:
    metrics = ServingMetrics(registry := CollectorRegistry())
    opener = Opener("2")
    live = LiveModel(store, opener, metrics, poll_seconds=0.005)
    await live.start()
    store.activate("2")
    async with asyncio.timeout(20):
        while live.problem is None:
            await asyncio.sleep(0.005)
    assert "does not load" in live.problem
    assert served(live) == "1"
    assert registry.get_sample_value("assistant_understanding_models_refused_total") == 1
    await asyncio.sleep(0.05)
    assert opener.opened == ["1", "2"], "it is not tried again until somebody chooses again"
    store.roll_back()
    async with asyncio.timeout(20):
        while live.problem is not None:
            await asyncio.sleep(0.005)
    assert served(live) == "1"
    await live.close()


async def test_a_model_damaged_after_its_activation_is_refused(store: VersionStore) -> None:
    live = LiveModel(store, Opener())
    await live.start()
    store.activate("2")
    (store.shipped / "2" / "tokenizer.model").write_text("other pieces")
    await live.refresh()
    assert live.problem is not None and "tokenizer.model" in live.problem
    assert served(live) == "1"
    await live.close()


async def test_an_unexpected_failure_while_loading_neither_stops_the_watch_nor_the_service(
    store: VersionStore,
) -> None:
    def open_model(_: Path, card: Card) -> Echo:
        if card.version == "2":
            raise ZeroDivisionError
        return Echo(card.version)

    live = LiveModel(store, open_model, poll_seconds=0.005)
    await live.start()
    store.activate("2")
    async with asyncio.timeout(20):
        while live.problem is None:
            await asyncio.sleep(0.005)
    assert served(live) == "1"
    model_folder(store.own, "3")
    store.activate("3")
    await until_served(live, "3")
    await live.close()


async def test_a_damaged_pointer_leaves_the_service_alone(store: VersionStore) -> None:
    live = LiveModel(store, Opener())
    await live.start()
    (store.own / "active.json").write_text("{")
    await live.refresh()
    assert live.problem is not None and "assistant models activate" in live.problem
    assert served(live) == "1"
    await live.close()


async def test_at_start_an_earlier_choice_serves_when_the_active_one_cannot(store: VersionStore) -> None:
    store.activate("2")
    (store.shipped / "2" / "tokenizer.model").unlink()
    live = LiveModel(store, Opener())
    assert (await live.start()).version == "1"
    assert live.problem is not None and "tokenizer.model: missing" in live.problem
    await live.close()


async def test_at_start_the_shipped_model_serves_when_no_choice_can(store: VersionStore) -> None:
    (store.own / "active.json").write_text("{")
    live = LiveModel(store, Opener())
    assert (await live.start()).version == "2"
    assert live.problem is not None
    await live.close()


async def test_without_a_usable_model_the_start_fails_with_the_reason(store: VersionStore) -> None:
    live = LiveModel(store, Opener("1", "2"))
    with pytest.raises(ModelError, match="does not load"):
        await live.start()
    with pytest.raises(ModelError, match="no model is loaded"):
        live.predictor()
    await live.close()


async def test_the_same_model_chosen_again_is_not_loaded_again(store: VersionStore) -> None:
    opener = Opener()
    live = LiveModel(store, opener)
    await live.start()
    store.activate("1")
    await live.refresh()
    assert opener.opened == ["1"]
    await live.close()
