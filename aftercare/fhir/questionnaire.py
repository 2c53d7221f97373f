"""A protocol's questions as a Questionnaire, and answers in its types. Pure."""

from typing import Any
from uuid import UUID, uuid5

from aftercare.fhir.elements import (
    OURS,
    TERMINOLOGY,
    UCUM,
    Element,
    Resource,
    coding,
    filled,
    resource,
)
from aftercare.fhir.measures import MEASURES, quantity, ucum_of
from aftercare.fhir.record import SOFTWARE
from aftercare.protocols import NOT_SURE, AnswerType, Protocol, Question

YES = coding(f"{TERMINOLOGY}/v2-0136", "Y", "Yes")
NO = coding(f"{TERMINOLOGY}/v2-0136", "N", "No")
UNSURE = coding(f"{TERMINOLOGY}/data-absent-reason", "asked-unknown", "Asked But Unknown")
UNIT = "http://hl7.org/fhir/StructureDefinition/questionnaire-unit"


def canonical(protocol: str, version: str) -> str:
    return f"{OURS}:protocol:{protocol}|{version}"


def questionnaire_of(protocol: Protocol) -> Resource:
    """All that the protocol can ask. Which of it a check-in asks is decided in the conversation."""
    url, _, version = canonical(protocol.id, protocol.version).partition("|")
    return resource(
        "Questionnaire",
        questionnaire_id(protocol),
        url=url,
        version=version,
        name="".join(word.capitalize() for word in protocol.id.split("_")),
        title=protocol.title,
        status="active" if protocol.signed_off else "draft",
        subjectType=["Patient"],
        item=[_item(protocol, question) for question in protocol.questions],
    )


def questionnaire_id(protocol: Protocol) -> UUID:
    return uuid5(SOFTWARE, canonical(protocol.id, protocol.version))


def answered(protocol: str, question: Question | None, value: Any, unit: str | None) -> Element:
    """`value` as an answer's `value[x]`; empty for words, which are not a type of ours."""
    if isinstance(value, bool):
        return {"valueCoding": YES if value else NO}
    if value == NOT_SURE:
        return {"valueCoding": UNSURE}
    if isinstance(value, int | float):
        return _numeric(value, unit)
    if question and value in {choice.id for choice in question.choices}:
        return {"valueCoding": _choice(protocol, question, value)}
    return {}


def _numeric(value: float, unit: str | None) -> Element:
    measured = quantity(value, unit)
    return {"valueQuantity": measured} if unit else {"valueDecimal": measured["value"]}


def _item(protocol: Protocol, question: Question) -> Element:
    measure = MEASURES.get(question.id)
    return filled(
        extension=_unit(question),
        linkId=question.id,
        code=list(measure.codings(question.unit)) if measure else None,
        text=question.text.strip(),
        type=_type(question),
        answerOption=_options(protocol, question),
    )


def _type(question: Question) -> str:
    if question.answer in (AnswerType.YES_NO, AnswerType.CHOICE):
        return "choice"
    if question.answer is AnswerType.TEXT:
        return "text"
    return "quantity" if question.unit else "decimal"


def _options(protocol: Protocol, question: Question) -> list[Element]:
    if question.answer is AnswerType.YES_NO:
        return [{"valueCoding": option} for option in (YES, NO, UNSURE)]
    return [
        {"valueCoding": _choice(protocol.id, question, choice.id)} for choice in question.choices
    ]


def _choice(protocol: str, question: Question, id: str) -> Element:
    texts = {choice.id: choice.text for choice in question.choices}
    return coding(f"{OURS}:protocol:{protocol}:{question.id}", id, texts[id])


def _unit(question: Question) -> list[Element]:
    code = ucum_of(question.unit)
    if not code:
        return []
    return [{"url": UNIT, "valueCoding": coding(UCUM, code, question.unit or "")}]
