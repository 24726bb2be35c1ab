"""The small trained model of the tests of understanding, for the benchmarks as well."""

from tests.understanding.conftest import small_model

__all__ = ["small_model"]
