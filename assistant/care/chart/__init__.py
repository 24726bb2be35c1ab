"""The chart: pure builders of the FHIR R4 resources that a visit leaves behind, and of their signing."""

from assistant.care.chart.bundle import transaction

__all__ = ["transaction"]
