"""Callers share forward passes; none waits longer than said, and none is hurt by another."""

import asyncio
from collections.abc import Sequence

import pytest
from prometheus_client import CollectorRegistry

from assistant.understanding.prediction import Prediction
from assistant.understanding.serving.batcher import (
    Batcher,
    BatcherClosed,
    BatchPolicy,
    Overloaded,
    PredictorFault,
)
from assistant.understanding.serving.metrics import ServingMetrics
from tests.understanding.serving.fakes import Choking, Echo, Gated


def intent(prediction: Prediction) -> str:
    return prediction.intents[0].name


async def entered(predictor: Gated) -> None:
    """Returns when a batch has reached the predictor."""
    assert await asyncio.to_thread(predictor.entered.wait, 20)


async def waiting(batcher: Batcher, texts: Sequence[str]) -> list[asyncio.Task[Prediction]]:
    """Tasks for `texts` that have all joined the queue."""
    tasks = [asyncio.ensure_future(batcher.predict(text)) for text in texts]
    await asyncio.sleep(0)
    return tasks


async def test_everybody_gets_the_answer_to_her_own_text() -> None:
    texts = [f"第{number}句" for number in range(500)]
    model = Echo()
    async with Batcher(lambda: model, BatchPolicy(size=32, workers=3)) as batcher:
        answers = await asyncio.gather(*(batcher.predict(text) for text in texts))
    assert [intent(answer) for answer in answers] == [f"echo:{text}" for text in texts]
    assert max(len(batch) for batch in model.batches) == 32


async def test_without_a_deadline_what_waits_together_goes_together_at_once() -> None:
    model = Echo()
    async with Batcher(lambda: model, BatchPolicy(size=8, deadline_ms=0)) as batcher:
        await asyncio.gather(*(batcher.predict(text) for text in "甲乙丙"))
        await batcher.predict("丁")
    assert model.batches == [["甲", "乙", "丙"], ["丁"]]


async def test_with_a_deadline_a_later_caller_joins_the_batch() -> None:
    model = Echo()
    async with Batcher(lambda: model, BatchPolicy(size=8, deadline_ms=300)) as batcher:
        first = await waiting(batcher, "甲")
        await asyncio.sleep(0.02)
        await asyncio.gather(*first, batcher.predict("乙"))
    assert model.batches == [["甲", "乙"]]


async def test_a_full_batch_does_not_wait_for_the_deadline() -> None:
    model = Echo()
    async with Batcher(lambda: model, BatchPolicy(size=2, deadline_ms=60_000)) as batcher:
        await asyncio.wait_for(asyncio.gather(batcher.predict("甲"), batcher.predict("乙")), 20)
    assert model.batches == [["甲", "乙"]]


async def test_what_comes_during_a_forward_pass_makes_the_next_batch() -> None:
    model = Gated()
    async with Batcher(lambda: model, BatchPolicy(size=8)) as batcher:
        tasks = await waiting(batcher, "甲")
        await entered(model)
        tasks += await waiting(batcher, "乙丙")
        model.gate.set()
        await asyncio.gather(*tasks)
    assert model.batches == [["甲"], ["乙", "丙"]]


async def test_a_full_queue_refuses_at_once_and_serves_again_afterwards() -> None:
    model = Gated()
    metrics = ServingMetrics(registry := CollectorRegistry())
    async with Batcher(lambda: model, BatchPolicy(size=1, queue=2), metrics) as batcher:
        tasks = await waiting(batcher, "甲")
        await entered(model)
        tasks += await waiting(batcher, "乙丙")
        with pytest.raises(Overloaded, match="2 utterances are waiting"):
            await batcher.predict("丁")
        assert registry.get_sample_value("assistant_understanding_waiting") == 2
        model.gate.set()
        answers = await asyncio.gather(*tasks)
        assert intent(await batcher.predict("丁")) == "echo:丁"
    assert [intent(answer) for answer in answers] == ["echo:甲", "echo:乙", "echo:丙"]
    assert registry.get_sample_value("assistant_understanding_overloaded_total") == 1


async def test_a_cancelled_caller_gives_her_place_in_a_full_queue_to_another() -> None:
    model = Gated()
    async with Batcher(lambda: model, BatchPolicy(size=1, queue=1)) as batcher:
        tasks = await waiting(batcher, "甲")
        await entered(model)
        [impatient] = await waiting(batcher, "乙")
        impatient.cancel()
        tasks += await waiting(batcher, "丙")
        model.gate.set()
        assert [intent(answer) for answer in await asyncio.gather(*tasks)] == ["echo:甲", "echo:丙"]
    assert model.batches == [["甲"], ["丙"]], "the cancelled text was never computed"


async def test_cancelling_one_does_not_disturb_her_batch() -> None:
    model = Gated()
    async with Batcher(lambda: model, BatchPolicy(size=3)) as batcher:
        first, second, third = await waiting(batcher, "甲乙丙")
        await entered(model)
        second.cancel()
        model.gate.set()
        assert [intent(await first), intent(await third)] == ["echo:甲", "echo:丙"]
    assert second.cancelled()


async def test_a_timeout_of_the_caller_is_a_cancellation() -> None:
    model = Gated()
    async with Batcher(lambda: model, BatchPolicy()) as batcher:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await batcher.predict("甲")
        model.gate.set()
        assert intent(await batcher.predict("乙")) == "echo:乙"


async def test_only_the_culprit_of_a_failed_batch_learns_of_it() -> None:
    metrics = ServingMetrics(registry := CollectorRegistry())
    async with Batcher(lambda: Choking("毒"), BatchPolicy(size=8), metrics) as batcher:
        texts = ["甲", "乙", "毒", "丁", "戊"]
        answers = await asyncio.gather(*(batcher.predict(text) for text in texts), return_exceptions=True)
    assert isinstance(answers[2], ValueError)
    assert [intent(a) for a in answers if isinstance(a, Prediction)] == [
        "echo:甲", "echo:乙", "echo:丁", "echo:戊"
    ]  # fmt: skip
    assert registry.get_sample_value("assistant_understanding_failures_total") == 1


async def test_a_batch_too_large_for_the_device_is_halved() -> None:
    model = Choking(most=3)
    async with Batcher(lambda: model, BatchPolicy(size=8)) as batcher:
        answers = await asyncio.gather(*(batcher.predict(text) for text in "甲乙丙丁戊己庚辛"))
    assert [intent(answer) for answer in answers] == [f"echo:{text}" for text in "甲乙丙丁戊己庚辛"]
    assert [len(batch) for batch in model.batches] == [2, 2, 2, 2]


async def test_a_model_that_miscounts_is_a_fault_and_never_another_callers_answer() -> None:
    class Miscounting(Echo):
        def predict(self, texts: Sequence[str]) -> list[Prediction]:
            return super().predict(texts)[1:]

    async with Batcher(Miscounting, BatchPolicy()) as batcher:
        answers = await asyncio.gather(*(batcher.predict(text) for text in "甲乙"), return_exceptions=True)
    assert all(isinstance(answer, PredictorFault) for answer in answers)


async def test_without_a_model_every_caller_is_told() -> None:
    def none_yet() -> Echo:
        raise LookupError("no model")

    async with Batcher(none_yet, BatchPolicy()) as batcher:
        with pytest.raises(LookupError, match="no model"):
            await batcher.predict("甲")


async def test_a_swap_takes_effect_with_the_next_batch() -> None:
    old, new = Gated("old"), Echo("new")
    serving: list[Echo] = [old]
    async with Batcher(lambda: serving[0], BatchPolicy(size=1)) as batcher:
        tasks = await waiting(batcher, "甲")
        await entered(old)
        tasks += await waiting(batcher, "乙")
        serving[0] = new
        old.gate.set()
        assert [intent(answer) for answer in await asyncio.gather(*tasks)] == ["old:甲", "new:乙"]


async def test_closing_answers_those_who_wait_and_takes_no_more() -> None:
    model = Gated()
    batcher = Batcher(lambda: model, BatchPolicy(size=1, deadline_ms=60_000))
    tasks = await waiting(batcher, "甲乙丙")
    closing = asyncio.ensure_future(batcher.close())
    await asyncio.sleep(0)
    with pytest.raises(BatcherClosed):
        await batcher.predict("丁")
    model.gate.set()
    await closing
    assert [intent(task.result()) for task in tasks] == ["echo:甲", "echo:乙", "echo:丙"]


async def test_closing_gives_up_on_a_model_that_hangs() -> None:
    model = Gated()
    batcher = Batcher(lambda: model, BatchPolicy(size=1))
    tasks = await waiting(batcher, "甲乙")
    await entered(model)
    await batcher.close(seconds=0.01)
    outcomes = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 20)
    assert all(isinstance(outcome, BatcherClosed) for outcome in outcomes)
    model.gate.set()


async def test_figures_of_the_batches() -> None:
    metrics = ServingMetrics(registry := CollectorRegistry())
    async with Batcher(Echo, BatchPolicy(size=4), metrics) as batcher:
        await asyncio.gather(*(batcher.predict(text) for text in "甲乙丙"))
    assert registry.get_sample_value("assistant_understanding_batch_size_sum") == 3
    assert registry.get_sample_value("assistant_understanding_batch_seconds_count") == 1
    assert registry.get_sample_value("assistant_understanding_queue_seconds_count") == 3


@pytest.mark.parametrize("wrong", [{"size": 0}, {"queue": 0}, {"workers": 0}, {"deadline_ms": -1.0}])
def test_a_policy_that_cannot_work_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="at least"):
        BatchPolicy(**wrong)


def test_only_cuda_waits_for_company() -> None:
    assert BatchPolicy.for_device("cpu").deadline_ms == 0
    assert BatchPolicy.for_device("cuda").deadline_ms > 0
