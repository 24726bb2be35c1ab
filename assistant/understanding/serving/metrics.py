"""What Prometheus is told of the trained model at work."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class ServingMetrics:
    """The metrics of one batcher and the model behind it. Labels are names of ours, never a word said."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        registry = registry if registry is not None else CollectorRegistry()
        self.waiting = Gauge(
            "assistant_understanding_waiting", "Utterances in the queue of the model.", registry=registry
        )
        self.sizes = Histogram(
            "assistant_understanding_batch_size",
            "Utterances that shared a forward pass.",
            buckets=_SIZES,
            registry=registry,
        )
        self.queued = Histogram(
            "assistant_understanding_queue_seconds",
            "Time an utterance waited for its batch.",
            buckets=_SECONDS,
            registry=registry,
        )
        self.seconds = Histogram(
            "assistant_understanding_batch_seconds",
            "Time the model took for a batch.",
            buckets=_SECONDS,
            registry=registry,
        )
        self.refused = Counter(
            "assistant_understanding_overloaded",
            "Utterances refused because the queue was full.",
            registry=registry,
        )
        self.failures = Counter(
            "assistant_understanding_failures", "Utterances on which the model failed.", registry=registry
        )
        self._model = Gauge(
            "assistant_understanding_model",
            "1 for the version that serves.",
            ["version", "fingerprint"],
            registry=registry,
        )
        self.refusals = Counter(
            "assistant_understanding_models_refused",
            "Activations refused because the model could not be used.",
            registry=registry,
        )

    def serves(self, version: str, fingerprint: str) -> None:
        """This model serves from now on, and no other."""
        self._model.clear()
        self._model.labels(version, fingerprint).set(1)
