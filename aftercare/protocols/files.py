"""Reads protocol files: `content/protocols/<id>.yml` and the questions they share."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from aftercare.protocols.protocol import Daily, Protocol, Sending, SignOff, Source
from aftercare.protocols.questions import Question, question_from

type Row = Mapping[str, Any]


@dataclass(frozen=True)
class Shared:
    """The questions and sources that several protocols use, by id."""

    questions: Mapping[str, Row] = field(default_factory=dict)
    sources: Mapping[str, Row] = field(default_factory=dict)

    def whole(self, row: Row) -> Row:
        """A question as the protocol asks it: `use: safety` takes the shared one.

        Fields beside `use` override the shared question's.
        """
        if "use" not in row:
            return row
        if row["use"] not in self.questions:
            raise ValueError(f"use: {row['use']} is not in shared/questions.yml")
        return {**self.questions[row["use"]], **{k: v for k, v in row.items() if k != "use"}}


def shared_from(folder: Path) -> Shared:
    """Read `folder/shared`."""
    questions = _rows(folder / "shared" / "questions.yml") or []
    return Shared({row["id"]: row for row in questions}, _rows(folder / "shared" / "sources.yml"))


def protocol_from(file: Path, shared: Shared) -> Protocol:
    """Read one protocol file. Raises ValueError naming the file and the field."""
    try:
        return _protocol(_rows(file), shared)
    except (KeyError, TypeError, ValueError, AttributeError, yaml.YAMLError) as error:
        missing = f"{error} is missing" if isinstance(error, KeyError) else error
        raise ValueError(f"{file}: {missing}") from error


def _protocol(row: Row, shared: Shared) -> Protocol:
    daily = row.get("daily")
    return Protocol(
        id=str(row["id"]),
        version=str(row["version"]),
        title=str(row["title"]),
        conditions=tuple(str(code) for code in row.get("conditions") or ()),
        cadence=tuple(int(day) for day in row["cadence"]),
        questions=tuple(_question(each, shared) for each in row["questions"]),
        education=tuple(
            Sending(str(each["module"]), int(each["after_day"]))
            for each in row.get("education") or ()
        ),
        sources={
            id: _source(id, each)
            for id, each in {**shared.sources, **(row.get("sources") or {})}.items()
        },
        sign_off=_sign_off(row.get("sign_off") or {}),
        daily=_daily(daily) if daily else None,
    )


def _question(row: Row, shared: Shared) -> Question:
    try:
        question = question_from(shared.whole(row))
    except (KeyError, ValueError) as error:
        raise ValueError(f"question {row.get('id') or row.get('use')}: {error}") from error
    # One line each: a text message has no use for the file's line breaks.
    return replace(question, text=" ".join(question.text.split()))


def _daily(row: Row) -> Daily:
    first, last = row["days"]
    return Daily(int(first), int(last), tuple(row["questions"]), str(row["consent"]))


def _source(id: str, row: Row) -> Source:
    return Source(id, str(row["title"]), str(row["version"]), str(row.get("link", "")))


def _sign_off(row: Row) -> SignOff | None:
    fields = {name: str(row.get(name) or "") for name in ("by", "credential", "on")}
    return SignOff(**fields) if any(fields.values()) else None


def _rows(file: Path) -> Any:
    return yaml.safe_load(file.read_text(encoding="utf-8")) if file.exists() else {}
