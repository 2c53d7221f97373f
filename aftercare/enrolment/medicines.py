"""The medicines a patient went home with, and the kind whose missed dose is urgent."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from aftercare.settings import ROOT


@dataclass(frozen=True)
class Medicine:
    name: str
    dose: str
    kind: str = ""


@dataclass(frozen=True)
class Medicines:
    """What `content/medicines.yml` knows: names by kind, and forms that do not count."""

    kinds: Mapping[str, re.Pattern[str]]
    local_forms: re.Pattern[str]

    @classmethod
    def load(cls, content_dir: Path) -> "Medicines":
        rows = yaml.safe_load((content_dir / "medicines.yml").read_text(encoding="utf-8"))
        kinds = {kind: _any_of(names) for kind, names in rows["kinds"].items()}
        return cls(kinds, _any_of(rows["local_forms"]))

    def kind(self, medicine: str) -> str:
        """`anticoagulant`, `insulin`, …, or nothing for a medicine that can wait a day."""
        if self.local_forms.search(medicine):
            return ""
        return next((kind for kind, names in self.kinds.items() if names.search(medicine)), "")

    def listed(self, cell: str) -> tuple[Medicine, ...]:
        """The medicines of a cell such as `warfarin 5 mg; furosemide 40 mg`."""
        parts = (" ".join(part.split()) for part in re.split(r"[;|\n]", cell))
        return tuple(self._one(part) for part in parts if part)

    def _one(self, words: str) -> Medicine:
        name, dose = _DOSE.fullmatch(words).group("name", "dose")  # type: ignore[union-attr]
        return Medicine(name, dose or "", self.kind(words))


# Everything matches: what has no amount in it is all name.
_DOSE = re.compile(r"(?P<name>.+?)(?:\s+(?P<dose>\d.*))?")


def _any_of(names: list[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b", re.IGNORECASE)


@cache
def shipped() -> Medicines:
    return Medicines.load(ROOT / "content")
