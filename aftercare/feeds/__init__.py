"""Discharges as hospitals send them, told apart by content, never by a file's name.

A feed is a module with `read(data) -> Feed`; docs/enrolment.md says how to add one.
"""

from aftercare.feeds.feed import Feed, NotReadable
from aftercare.feeds.sniffing import read

__all__ = ["Feed", "NotReadable", "read"]
