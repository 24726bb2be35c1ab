"""The micro-batcher: utterances that wait at the same moment share one forward pass of the model.

One queue serves all calls of the process. A batch leaves when it is full, when its oldest utterance has
waited for the deadline, or, with deadline 0, at the end of the event loop's present round: whatever is
waiting then goes together and nobody waits for company. On a CPU that is the deadline: company is worth
little there (an utterance costs half as much in a batch of eight as alone, and no less in a larger one) and
comes by itself when it is busy. On CUDA a few milliseconds fill a batch that costs hardly more than one.

Back-pressure: the queue is bounded, and an utterance that finds it full is refused at once with `Overloaded`.
It is not made to wait, because those who wait outside a bounded queue are an unbounded one, and an answer on
the phone that comes after seconds is worth less than the grammar's answer now.
"""

import asyncio
import os
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal, Self

import structlog

from assistant.understanding.prediction import Prediction, Predictor
from assistant.understanding.serving.metrics import ServingMetrics

log = structlog.get_logger(__name__)


class Overloaded(Exception):
    """The queue is full. `retry_after` is how many seconds the present queue will take, as far as known."""

    def __init__(self, waiting: int, retry_after: float) -> None:
        super().__init__(f"{waiting} utterances are waiting for the model already; try again later")
        self.retry_after = retry_after


class BatcherClosed(Exception):
    """The batcher is closed or closing: it takes no utterance any more, and did not answer this one."""

    def __init__(self) -> None:
        super().__init__("the model is being put down; it answers no more")


class PredictorFault(Exception):
    """The model broke its contract: it gave another number of predictions than it got texts."""


@dataclass(frozen=True, slots=True)
class BatchPolicy:
    """When a batch leaves, how many go at once, and how many may wait.

    `deadline_ms` is how long the oldest utterance waits for company, in milliseconds. `queue` counts waiting
    utterances, not batches; those in a forward pass do not count. `workers` is how many batches are computed
    at a time.
    """

    size: int = 8
    deadline_ms: float = 0.0
    queue: int = 512
    workers: int = 1

    def __post_init__(self) -> None:
        if self.size < 1 or self.queue < 1 or self.workers < 1 or self.deadline_ms < 0:
            raise ValueError("size, queue and workers must be at least 1, deadline_ms at least 0")

    @classmethod
    def for_device(cls, device: Literal["cpu", "cuda"]) -> Self:
        """What suits a device.

        On a CPU a session computes on one thread, so every core may have a batch of its own (up to four: the
        recogniser needs cores as well), and a batch above eight only makes its first utterance wait. On CUDA
        the second worker prepares the next batch while the first one computes.
        """
        if device == "cuda":
            return cls(size=256, deadline_ms=3.0, queue=8192, workers=2)
        return cls(workers=min(4, os.cpu_count() or 1))


@dataclass(frozen=True, slots=True)
class _Waiter:
    text: str
    answer: asyncio.Future[Prediction]
    since: float


class Batcher:
    """Shares a model among concurrent callers of one event loop.

    `current` gives the model at the moment a batch leaves, so a swap takes effect with the next batch while
    batches under way finish on the model they began with. Use it as an async context manager, or `close` it.
    """

    def __init__(
        self, current: Callable[[], Predictor], policy: BatchPolicy, metrics: ServingMetrics | None = None
    ) -> None:
        self.policy = policy
        self._current = current
        self._metrics = metrics or ServingMetrics()
        self._waiting: deque[_Waiter] = deque()
        self._batches: set[asyncio.Task[None]] = set()
        self._threads = ThreadPoolExecutor(policy.workers, thread_name_prefix="understanding")
        self._timer: asyncio.Handle | None = None
        self._closed = False
        self._pace = 0.0
        """Seconds of forward pass for each utterance, smoothed; 0 until the first batch."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def predict(self, text: str) -> Prediction:
        """The model's reading of `text`.

        Cancelling it takes this utterance out and disturbs no other. Raises Overloaded, BatcherClosed, or
        what the model raised on this very text.
        """
        if self._closed:
            raise BatcherClosed
        if len(self._waiting) >= self.policy.queue:
            self._forget_cancelled()
        if len(self._waiting) >= self.policy.queue:
            self._metrics.refused.inc()
            raise Overloaded(len(self._waiting), self._pace * len(self._waiting) / self.policy.workers)
        answer: asyncio.Future[Prediction] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiter(text, answer, time.perf_counter()))
        self._metrics.waiting.set(len(self._waiting))
        self._plan()
        return await answer

    async def close(self, seconds: float = 10.0) -> None:
        """Take no more, answer those who wait already, and end the threads.

        Whoever has no answer after `seconds` gets BatcherClosed; a forward pass under way ends by itself.
        """
        self._closed = True
        self._dispatch()
        try:
            async with asyncio.timeout(seconds):
                while self._batches:
                    await asyncio.wait(set(self._batches))
        except TimeoutError:
            log.warning("model closed with utterances unanswered", count=len(self._waiting))
            self._give_up()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _give_up(self) -> None:
        for batch in self._batches:
            batch.cancel()
        while self._waiting:
            self._tell(self._waiting.popleft(), BatcherClosed())
        self._metrics.waiting.set(0)

    def _plan(self) -> None:
        """See to it that what waits will leave when it is due."""
        loop = asyncio.get_running_loop()
        if len(self._waiting) >= self.policy.size:
            self._dispatch()
        elif self._timer is None and self._waiting:
            due = self._waiting[0].since + self.policy.deadline_ms / 1000 - time.perf_counter()
            if due > 0:
                self._timer = loop.call_later(due, self._dispatch)
            else:
                self._timer = loop.call_soon(self._dispatch)

    def _dispatch(self) -> None:
        """Send off as many batches as there are idle workers."""
        self._cancel_timer()
        while self._waiting and len(self._batches) < self.policy.workers:
            batch = self._take()
            if not batch:  # all of them were cancelled
                break
            task = asyncio.get_running_loop().create_task(self._answer(batch))
            self._batches.add(task)
            task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._batches.discard(task)
        if not self._waiting:
            return
        if self._closed:
            self._dispatch()
        else:
            self._plan()

    def _take(self) -> list[_Waiter]:
        batch: list[_Waiter] = []
        while self._waiting and len(batch) < self.policy.size:
            waiter = self._waiting.popleft()
            if not waiter.answer.done():
                batch.append(waiter)
        self._metrics.waiting.set(len(self._waiting))
        return batch

    async def _answer(self, batch: list[_Waiter]) -> None:
        began = time.perf_counter()
        for waiter in batch:
            self._metrics.queued.observe(began - waiter.since)
        try:
            predictor = self._current()
            outcomes = await asyncio.get_running_loop().run_in_executor(
                self._threads, _outcomes, predictor, [waiter.text for waiter in batch]
            )
        except asyncio.CancelledError:
            outcomes = [BatcherClosed()] * len(batch)
        except Exception as error:
            outcomes = [error] * len(batch)
        spent = time.perf_counter() - began
        self._metrics.sizes.observe(len(batch))
        self._metrics.seconds.observe(spent)
        pace = spent / len(batch)
        self._pace = 0.9 * self._pace + 0.1 * pace if self._pace else pace
        for waiter, outcome in zip(batch, outcomes, strict=True):
            self._tell(waiter, outcome)

    def _tell(self, waiter: _Waiter, outcome: Prediction | Exception) -> None:
        if isinstance(outcome, Exception) and not isinstance(outcome, BatcherClosed):
            self._metrics.failures.inc()
        if waiter.answer.done():
            return
        if isinstance(outcome, Exception):
            waiter.answer.set_exception(outcome)
        else:
            waiter.answer.set_result(outcome)

    def _forget_cancelled(self) -> None:
        self._waiting = deque(waiter for waiter in self._waiting if not waiter.answer.done())

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _outcomes(predictor: Predictor, texts: Sequence[str]) -> list[Prediction | Exception]:
    """A prediction, or what went wrong, for each text.

    A batch that fails is halved until the culprit is alone, so that its neighbours get their answers; the
    same saves a batch that was too large for the memory of the device.
    """
    try:
        predictions = predictor.predict(texts)
        if len(predictions) != len(texts):
            raise PredictorFault(f"the model gave {len(predictions)} predictions for {len(texts)} texts")
        return list(predictions)
    except Exception as error:
        if len(texts) == 1:
            log.error("model failed on an utterance", error_type=type(error).__name__)
            return [error]
    middle = len(texts) // 2
    return _outcomes(predictor, texts[:middle]) + _outcomes(predictor, texts[middle:])
