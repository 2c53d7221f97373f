"""Triage: reads a text for red flags, answers, needs and wishes. Pure."""

from aftercare.triage.reader import Reader
from aftercare.triage.reading import Concept, Entity, Evidence, Reading, Understanding

__all__ = ["Concept", "Entity", "Evidence", "Reader", "Reading", "Understanding"]
