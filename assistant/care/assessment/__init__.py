"""Assessments by the name that a form gives: what the findings of a visit mean, and what is due next."""

ASSESSMENTS: tuple[str, ...] = ("hypertension",)
