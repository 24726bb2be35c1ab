"""Store, live model, runtime and batcher together, on real graphs: what a server does all day."""

import asyncio
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from assistant.understanding.model.card import Card, write_card
from assistant.understanding.serving.batcher import Batcher, BatchPolicy
from assistant.understanding.serving.live import LiveModel
from assistant.understanding.serving.loading import open_runtime
from assistant.understanding.serving.metrics import ServingMetrics
from assistant.understanding.serving.runtime import Runtime
from assistant.understanding.serving.versions import VersionStore
from tests.understanding.serving.tiny import SPEAKS_FOR, tiny_model


def on_the_cpu(folder: Path, card: Card) -> Runtime:
    return open_runtime(folder, card, "cpu")


@pytest.fixture
def store(tmp_path: Path) -> VersionStore:
    """Two models that say the same with unlike confidence, and one that was made of a broken graph."""
    store = VersionStore(tmp_path / "shipped", tmp_path / "own")
    tiny_model(store.shipped, "1", strength=2.0)
    tiny_model(store.own, "2", strength=4.0)
    broken = tiny_model(store.own, "3")
    (store.own / "3" / "encoder.int8.onnx").write_bytes(b"no graph")
    write_card(store.own / "3", broken)
    store.activate("1")
    return store


async def test_calls_are_answered_through_activations_roll_backs_and_a_refusal(store: VersionStore) -> None:
    metrics = ServingMetrics(registry := CollectorRegistry())
    live = LiveModel(store, on_the_cpu, metrics, poll_seconds=0.01)
    await live.start()
    confidences: set[float] = set()
    done = asyncio.Event()

    async def call(batcher: Batcher, text: str) -> int:
        answered = 0
        while not done.is_set():
            prediction = await batcher.predict(text)
            assert prediction.intents[0].name == SPEAKS_FOR[text]
            confidences.add(round(prediction.intents[0].confidence, 2))
            answered += 1
        return answered

    async def served(version: str) -> None:
        async with asyncio.timeout(20):
            while live.card.version != version:
                await asyncio.sleep(0.005)
        await asyncio.sleep(0.05)

    async def operator() -> None:
        try:
            await asyncio.to_thread(store.activate, "2")
            await served("2")
            await asyncio.to_thread(store.activate, "3")
            async with asyncio.timeout(20):
                while live.problem is None:
                    await asyncio.sleep(0.005)
            await asyncio.to_thread(store.roll_back)
            await served("2")
            await asyncio.to_thread(store.roll_back)
            await served("1")
        finally:
            done.set()

    async with Batcher(live.predictor, BatchPolicy.for_device("cpu"), metrics) as batcher:
        answered, *_ = await asyncio.gather(
            asyncio.gather(*(call(batcher, text) for text in list(SPEAKS_FOR) * 4)), operator()
        )
    await live.close()
    assert all(count > 0 for count in answered)
    assert confidences == {0.79, 0.96}, "both models answered, and no other"
    assert b'assistant_understanding_model{fingerprint="' in generate_latest(registry)
    assert registry.get_sample_value("assistant_understanding_failures_total") == 0
    assert registry.get_sample_value("assistant_understanding_waiting") == 0
