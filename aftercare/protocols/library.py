"""The protocols on the shelf, and which one a diagnosis gets."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from aftercare.protocols.files import protocol_from, shared_from
from aftercare.protocols.protocol import Protocol

MEDICAL = "general_medical"
SURGICAL = "general_surgical"


class ProtocolLibrary:
    """All protocols of `content/protocols`."""

    def __init__(self, protocols: Mapping[str, Protocol]) -> None:
        self._protocols = protocols

    @classmethod
    def load(cls, content_dir: Path) -> "ProtocolLibrary":
        """Read every protocol file. Raises ValueError naming the file and what is wrong in it."""
        folder = content_dir / "protocols"
        shared = shared_from(folder)
        protocols = [protocol_from(file, shared) for file in sorted(folder.glob("*.yml"))]
        return cls({protocol.id: protocol for protocol in protocols})

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(self._protocols)

    def __iter__(self) -> Iterator[Protocol]:
        return iter(self._protocols.values())

    def get(self, id: str) -> Protocol:
        """The protocol with this id. Raises KeyError when there is none."""
        return self._protocols[id]

    def for_diagnosis(self, icd10: str, procedure: str | None = None) -> Protocol:
        """The protocol for a primary diagnosis; after an operation, the surgical one.

        A specific illness wins over the operation; the nearest range wins over a wider one.
        """
        fitting = [
            (len(_low(code)), protocol)
            for protocol in self._protocols.values()
            for code in protocol.conditions
            if covers(code, icd10)
        ]
        if fitting:
            return max(fitting, key=lambda pair: pair[0])[1]
        return self.get(SURGICAL if procedure and procedure.strip() else MEDICAL)


def covers(codes: str, icd10: str) -> bool:
    """Whether `codes` (`I50`, or a range `J40-J44`) holds the diagnosis, sub-codes included."""
    wanted = _code(icd10)
    first, _, last = codes.partition("-")
    low, high = _code(first), _code(last or first)
    return bool(wanted) and low <= wanted[: len(low)] and wanted[: len(high)] <= high


def _low(codes: str) -> str:
    return _code(codes.partition("-")[0])


def _code(icd10: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", icd10.upper())
