"""Enrolment: a discharge becomes a patient who is followed, once, whatever feed told it."""

from aftercare.enrolment.enrolling import enrol
from aftercare.enrolment.episodes import NobodyHere
from aftercare.enrolment.outcome import Outcome, Problem
from aftercare.enrolment.record import FIELDS, REQUIRED, Field, Record
from aftercare.enrolment.run import enrol_all

__all__ = [
    "FIELDS",
    "REQUIRED",
    "Field",
    "NobodyHere",
    "Outcome",
    "Problem",
    "Record",
    "enrol",
    "enrol_all",
]
