"""A check-in's answers as a QuestionnaireResponse, and where they come from. Pure."""

from datetime import datetime
from uuid import UUID

from aftercare.fhir.elements import (
    TERMINOLOGY,
    Element,
    Resource,
    absent,
    concept,
    derived,
    filled,
    moment,
    ref,
    resource,
)
from aftercare.fhir.measures import observations_of
from aftercare.fhir.questionnaire import answered, canonical
from aftercare.fhir.record import Record
from aftercare.models import Answer, CheckIn
from aftercare.protocols import Question

STATES = {
    "completed": "completed",
    "starting": "in-progress",
    "open": "in-progress",
    "interrupted": "stopped",
    "silent": "stopped",
    "expired": "stopped",
}


def responses_of(record: Record, check_in: CheckIn) -> list[Resource]:
    """The answers, what they measured, and their Provenance; nothing for an unanswered one."""
    if not check_in.answers:
        return []
    measured = observations_of(record, check_in)
    return [_response(record, check_in), *measured, _provenance(record, check_in, measured)]


def _response(record: Record, check_in: CheckIn) -> Resource:
    episode = record.episode
    return resource(
        "QuestionnaireResponse",
        derived(check_in.id, "answers"),
        basedOn=[record.plan_ref],
        questionnaire=canonical(episode.protocol, episode.protocol_version),
        status=STATES.get(check_in.state, "in-progress"),
        subject=record.patient_ref,
        authored=moment(_last(check_in)),
        author=record.software_ref,
        source=_source(record, check_in),
        item=[_item(record, answer) for answer in _in_order(record, check_in)],
    )


def _item(record: Record, answer: Answer) -> Element:
    """One answer. A question that was asked and never understood has none."""
    question = _question(record, answer)
    return filled(
        linkId=answer.question,
        text=question.text.strip() if question else None,
        answer=_answer(record, question, answer),
    )


def _answer(record: Record, question: Question | None, answer: Answer) -> list[Element]:
    if answer.value is None:
        return []
    coded = answered(record.episode.protocol, question, answer.value, answer.unit)
    if coded:
        return [coded]
    # Words of the patient's own.
    return [
        {"valueString": str(answer.value)} if record.words else {"_valueString": absent("masked")}
    ]


def _in_order(record: Record, check_in: CheckIn) -> list[Answer]:
    """As the Questionnaire has them, which FHIR wants; then as they were given."""
    known = [question.id for question in record.protocol.questions] if record.protocol else []
    place = {id: index for index, id in enumerate(known)}
    return sorted(
        check_in.answers, key=lambda a: (place.get(a.question, len(known)), a.at, a.question)
    )


def _question(record: Record, answer: Answer) -> Question | None:
    questions = record.protocol.questions if record.protocol else ()
    return next((q for q in questions if q.id == answer.question), None)


def _source(record: Record, check_in: CheckIn) -> Element | None:
    """Who told it, when it was one person."""
    ids = {answer.message_id for answer in check_in.answers}
    tellers = [record.person(message) for message in record.messages if message.id in ids]
    return tellers[0] if tellers and tellers.count(tellers[0]) == len(tellers) else None


def _last(check_in: CheckIn) -> datetime:
    return max(answer.at for answer in check_in.answers)


def _provenance(record: Record, check_in: CheckIn, measured: list[Resource]) -> Resource:
    """The answers were read from these texts by this software."""
    answers = ref("QuestionnaireResponse", derived(check_in.id, "answers"))
    told = _source(record, check_in)
    sources = {answer.message_id for answer in check_in.answers}
    return resource(
        "Provenance",
        derived(check_in.id, "Provenance"),
        target=[answers, *(ref("Observation", UUID(row["id"])) for row in measured)],
        recorded=moment(_last(check_in)),
        agent=[
            *([_agent("author", told)] if told else []),
            _agent("assembler", record.software_ref),
        ],
        entity=[
            {"role": "source", "what": record.text(message.id)}
            for message in record.messages
            if message.id in sources
        ],
    )


def _agent(role: str, who: Element) -> Element:
    return {"type": concept(f"{TERMINOLOGY}/provenance-participant-type", role), "who": who}
