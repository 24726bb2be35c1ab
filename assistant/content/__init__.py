"""Loads, checks and versions what decides what the assistant says and asks."""

from assistant.content.files import digest, read
from assistant.content.loader import forms, load
from assistant.content.problems import ContentErrors, Problem

__all__ = ["ContentErrors", "Problem", "digest", "forms", "load", "read"]
