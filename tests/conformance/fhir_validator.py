"""An offline FHIR validator: `fhir.resources` for structure, its tables for codes and references.

The library reads a resource strictly, but leaves two things it knows to the reader: the codes
a required value set allows, and what kind of resource a reference may lead to.
"""

from collections.abc import Iterator
from typing import Any

from fhir.resources.R4B import get_fhir_model_class
from pydantic import BaseModel, ValidationError

CUT_SHORT = {
    "Task.status": (
        *("draft", "requested", "received", "accepted", "rejected", "ready", "cancelled"),
        *("in-progress", "on-hold", "failed", "completed", "entered-in-error"),
    ),
    "QuestionnaireItem.type": (
        *("group", "display", "boolean", "decimal", "integer", "date", "dateTime", "time"),
        *("string", "text", "url", "choice", "open-choice", "attachment", "reference", "quantity"),
    ),
}
"""Value sets of R4 that the library's table ends with a `+`."""


def problems(resource: dict[str, Any]) -> list[str]:
    """What is wrong with it, each with its place; empty when nothing was found."""
    try:
        model = get_fhir_model_class(resource["resourceType"]).model_validate(resource)
    except ValidationError as error:
        return [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
    return list(_beyond(model, resource["resourceType"]))


def _beyond(model: BaseModel, place: str) -> Iterator[str]:
    for name, field in type(model).model_fields.items():
        value = getattr(model, name, None)
        rules = dict(field.json_schema_extra) if isinstance(field.json_schema_extra, dict) else {}
        if whole := CUT_SHORT.get(f"{type(model).__name__}.{field.alias or name}"):
            rules["enum_values"] = whole
        for part in value if isinstance(value, list) else [value]:
            if part is not None:
                yield from _wrong(part, rules, f"{place}.{field.alias or name}")


def _wrong(part: Any, rules: dict[str, Any], place: str) -> Iterator[str]:
    allowed = rules.get("enum_values")
    if allowed and isinstance(part, str) and part not in allowed:
        yield f"{place}: {part!r} is none of {', '.join(allowed)}"
    kinds = rules.get("enum_reference_types")
    if kinds and (kind := _leads_to(part)) and not {kind, "Resource"} & set(kinds):
        yield f"{place}: leads to a {kind}, not to {' or '.join(kinds)}"
    if isinstance(part, BaseModel):
        yield from _beyond(part, place)


def _leads_to(reference: Any) -> str | None:
    """`Patient` for a reference that says so, in `type` or as `Patient/1`."""
    named = getattr(reference, "type", None)
    address = getattr(reference, "reference", None) or ""
    if named:
        return str(named)
    head = address.split("/")[-2] if address.count("/") else ""
    return head or None
