"""A case manager's day at the console."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from aftercare import escalations, outbound
from aftercare.escalations import Reason
from aftercare.levels import Level
from aftercare.models import CheckIn, Escalation, EscalationEvent, Message, Patient
from tests.clinic_seed import ANA, NOW
from tests.console_setup import Desk

pytest_plugins = ["tests.console_setup"]

CLOSED_WELL = {
    "outcome": "advice_given",
    "contact": "voice",
    "action": "Talked her through propping up; visit tomorrow.",
    "patient_confirmed": "yes",
    "actionable": "yes",
}


# The queue


def test_the_queue_puts_first_whom_nobody_has_taken_then_level_then_clock(kim: Desk) -> None:
    assert names_in(kim.sees()) == [
        "María Delgado Ruiz",
        "Walter Brandt",
        "Rose Whitfield",
        "Tomás Herrera",
        "Grace Okonkwo",
        "Unknown sender",
    ]


def test_a_row_says_whom_to_call_and_why(kim: Desk) -> None:
    maria = text_of(row_of(kim.sees(), "María Delgado"))
    for fact in (
        "Emergency",
        "due in 1:48",
        "72 years, female",
        "Heart failure · day 6",
        "Spanish · interpreter",
        "Trouble breathing and one more flag",
        "ay señorita ya no puedo respirar acostada, anoche dormí en el sillón",
        "Is your breathing worse than usual",
        "Weight 184 lb +4.5",
        "Apixaban (blood thinner)",
        "(713) 555-0142",
        "for Kim Lee",
    ):
        assert fact in maria


def test_the_patients_words_keep_their_language_and_show_what_was_matched(kim: Desk) -> None:
    maria = row_of(kim.sees(), "María Delgado")
    assert '<blockquote lang="es">' in maria
    assert "<mark>no puedo respirar acostada</mark>" in maria


def test_a_late_call_says_by_how_much(kim: Desk) -> None:
    assert "overdue 41:00" in text_of(row_of(kim.sees(), "Rose Whitfield"))


def test_an_emergency_that_was_taken_in_time_is_not_called_overdue(kim: Desk) -> None:
    walter = text_of(row_of(kim.sees(), "Walter Brandt"))
    assert "Ana Duarte has it" in walter
    assert "no contact 26:00" in walter


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?level=urgent", ["Rose Whitfield", "Tomás Herrera"]),
        ("?state=reached", ["Tomás Herrera"]),
        ("?state=acknowledged", ["Walter Brandt"]),
        ("?mine=true&level=emergency", ["María Delgado Ruiz"]),
    ],
)
def test_the_queue_shows_what_the_filters_ask_for(kim: Desk, query: str, names: list[str]) -> None:
    assert names_in(kim.sees(f"/{query}")) == names


def test_an_empty_queue_reassures(kim: Desk) -> None:
    with kim.app.database.begin() as session:
        for row in session.scalars(select(Escalation).where(Escalation.closed_at.is_(None))):
            row.closed_at = NOW
    assert "Nobody is waiting for you" in kim.sees()


def test_an_empty_filter_says_that_others_wait(kim: Desk) -> None:
    page = kim.sees("/?state=reached&level=emergency")
    assert "Nothing fits these filters" in page
    assert "6 escalations are open in all" in page


def test_a_new_emergency_comes_with_the_next_refresh(kim: Desk) -> None:
    kim.sees()
    flag(kim, "Ruth", "fainting")
    rows = kim.sees("/queue")
    assert "Ruth Adler" in rows
    assert 'data-waiting="2"' in rows


def test_the_page_title_names_nobody(kim: Desk) -> None:
    for page in (kim.sees(), kim.opens("Rose"), kim.sees("/patients")):
        title = re.search(r"<title>(.*?)</title>", page)
        assert title
        for patient in kim.seeded.patients.values():
            assert patient.last_name not in title[1]


def test_what_a_patient_writes_cannot_run(kim: Desk) -> None:
    texts(kim, "Ruth", "i fainted <script>alert('x')</script>", concept="fainting")
    for page in (kim.sees(), kim.opens("Ruth")):
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


def test_the_queue_asks_the_database_no_more_often_when_history_grows(kim: Desk) -> None:
    kim.sees()
    before = statements(kim, "/")
    grow_history(kim)
    assert statements(kim, "/") == before


def test_a_chart_asks_the_database_no_more_often_when_history_grows(kim: Desk) -> None:
    chart = f"/patients/{kim.seeded.id('María')}"
    kim.sees(chart)
    before = statements(kim, chart)
    grow_history(kim)
    assert statements(kim, chart) == before


# The chart


def test_the_chart_says_why_it_was_flagged_by_which_rule_and_source(kim: Desk) -> None:
    page = text_of(kim.opens("María"))
    assert "Weight gain: 184" in page
    assert "Rule: up 3 in 1 day is urgent." in page
    assert "Source: " in page
    assert "Heart Failure Zones" in page
    assert "found by the red-flag vocabulary “no puedo respirar acostada”" in page


def test_the_chart_says_what_to_do_about_a_missed_blood_thinner(kim: Desk) -> None:
    assert "Call today about the missed doses" in text_of(kim.opens("Rose"))


def test_the_chart_shows_what_one_needs_before_calling(kim: Desk) -> None:
    page = text_of(kim.opens("María"))
    for fact in (
        "(713) 555-0142",
        "It is 9:05 AM there (CST)",
        "Lucía Delgado, daughter",
        "Furosemide 40 mg",
        "No follow-up visit is booked",
        "given Wed, Nov 18",
        "Mar 2, 1954",
    ):
        assert fact in page


def test_texts_stand_in_the_patients_own_time(kim: Desk) -> None:
    assert "María · 9:01 AM" in text_of(kim.opens("María"))


def test_answers_stand_in_a_table_by_check_in(kim: Desk) -> None:
    page = text_of(kim.opens("María"))
    assert "Question day 1 day 3 day 6" in page
    assert "Weight 178 lb 179.5 lb Urgent: 184 lb" in page


def test_a_closed_emergency_stays_in_the_chart(kim: Desk) -> None:
    page = text_of(kim.opens("Henry"))
    assert "Nothing is open for this patient" in page
    assert "Sent to emergency care" in page
    assert "ED confirmed" in page


def test_there_is_no_chart_of_nobody(kim: Desk) -> None:
    answer = kim.browser.get("/patients/00000000-0000-0000-0000-000000000000")
    assert answer.status_code == 404
    assert "There is no such page" in answer.text


def test_every_view_of_a_chart_is_on_record_by_ids_alone(kim: Desk) -> None:
    kim.opens("Rose")
    (viewed,) = kim.audited("patient.viewed")
    assert viewed.actor == f"staff:{kim.seeded.staff['Kim'].id}"
    assert viewed.subject == f"patient:{kim.seeded.id('Rose')}"
    assert "Whitfield" not in str(viewed.detail)


def test_seeing_the_queue_is_on_record_once_and_again_for_what_is_new(kim: Desk) -> None:
    shown = re.search(r'id="shown" name="shown" value="([^"]+)"', kim.sees())
    assert shown
    before = len(kim.audited("queue.viewed"))
    kim.sees(f"/queue?shown={shown[1]}")
    assert len(kim.audited("queue.viewed")) == before
    new = flag(kim, "Ruth", "fainting")
    kim.sees(f"/queue?shown={shown[1]}")
    assert kim.audited("queue.viewed")[-1].detail == {"escalations": [str(new.id)]}


# What is done


def test_taking_an_escalation_puts_ones_name_on_it(kim: Desk) -> None:
    assert kim.does("María", "acknowledge").status_code == 200
    assert "Kim Lee has it" in text_of(row_of(kim.sees(), "María Delgado"))
    (taken,) = kim.audited("escalation.acknowledged")[-1:]
    assert taken.subject == f"escalation:{kim.seeded.escalations['María'].id}"


def test_who_comes_second_is_told_who_was_first(kim: Desk) -> None:
    kim.colleague(ANA).does("María", "acknowledge")
    answer = kim.does("María", "acknowledge")
    assert answer.status_code == 409
    assert "Ana Duarte was first" in answer.text
    assert kim.escalation("María").acknowledged_by == kim.seeded.staff["Ana"].id


def test_in_the_queue_as_well(kim: Desk) -> None:
    kim.colleague(ANA).does("María", "acknowledge")
    maria = kim.seeded.escalations["María"].id
    kim.browser.headers["HX-Request"] = "true"
    answer = kim.posts(f"/escalations/{maria}/acknowledge", back="queue")
    assert answer.status_code == 204
    assert "Ana Duarte" in answer.headers["HX-Trigger"]


def test_a_try_and_then_a_call_that_reaches_her_are_in_the_story(kim: Desk) -> None:
    kim.does("Rose", "attempt", words="left a voicemail")
    kim.clock.advance(minutes=10)
    kim.does("Rose", "reached", contact="voice")
    page = text_of(kim.opens("Rose"))
    assert "Tried to reach the patient · Kim Lee left a voicemail" in page
    assert "Reached 10:15 AM, phone call" in page


def test_a_reply_is_queued_as_the_case_manager_wrote_it(kim: Desk) -> None:
    kim.does("Rose", "reply", words="Please call me at the clinic before noon. Kim")
    page = text_of(kim.opens("Rose"))
    assert "Please call me at the clinic before noon. Kim waiting to be sent" in page


def test_nobody_texts_who_opted_out(kim: Desk) -> None:
    with kim.app.database.begin() as session:
        session.get_one(Patient, kim.seeded.id("Rose")).status = "opted_out"
    assert "Opted out of texts. The carrier blocks every text" in text_of(kim.opens("Rose"))
    answer = kim.does("Rose", "reply", words="Are you there?")
    assert answer.status_code == 422
    assert "this patient cannot be texted" in answer.text


def test_a_long_reply_shows_what_it_costs(kim: Desk) -> None:
    said = text_of(kim.does("Rose", "segments", words="Tómela con comida — " * 5).text)
    assert "2 segments" in said
    assert "— makes it dearer" in said


def test_a_note_is_kept_for_the_team(kim: Desk) -> None:
    kim.does("Grace", "note", words="Voucher ordered, driver at 9:15.")
    assert "Note · Kim Lee Voucher ordered" in text_of(kim.colleague(ANA).opens("Grace"))


def test_closing_asks_for_everything_and_keeps_what_was_written(kim: Desk) -> None:
    answer = kim.does("Rose", "close", action="Called the pharmacy")
    page = text_of(answer.text)
    assert answer.status_code == 422
    for refusal in (
        "choose how it ended",
        "choose how the patient was contacted",
        "say whether the patient confirmed",
        "say whether the flag was worth acting on",
    ):
        assert refusal in page
    assert "Called the pharmacy</textarea>" in answer.text
    assert kim.escalation("Rose").closed_at is None


def test_an_emergency_does_not_close_by_text_alone(kim: Desk) -> None:
    answer = kim.does("María", "close", **CLOSED_WELL | {"contact": "text"})
    assert answer.status_code == 422
    assert "an emergency closes with voice contact" in answer.text


def test_a_date_nobody_understands_is_refused_at_its_field(kim: Desk) -> None:
    answer = kim.does("Rose", "close", **CLOSED_WELL | {"follow_up_on": "next week"})
    assert 'id="follow_up_on-error"' in answer.text


def test_a_closed_escalation_leaves_the_queue(kim: Desk) -> None:
    assert kim.does("María", "close", **CLOSED_WELL, follow_up_on="2026-11-26").status_code == 200
    assert "María Delgado Ruiz" not in names_in(kim.sees())
    closed = kim.escalation("María")
    assert (closed.outcome, closed.follow_up_on) == ("advice_given", date(2026, 11, 26))


def test_a_closed_escalation_cannot_be_closed_again(kim: Desk) -> None:
    kim.does("María", "close", **CLOSED_WELL)
    assert kim.does("María", "close", **CLOSED_WELL).status_code == 409


# Finding people


def test_a_patient_is_found_by_the_whole_phone_number_however_it_is_written(kim: Desk) -> None:
    for words in ("(212) 555-0188", "+12125550188", "212.555.0188"):
        answer = kim.posts("/patients/search", words=words)
        assert answer.url.path == f"/patients/{kim.seeded.id('Rose')}"


def test_a_patient_is_found_by_mrn_and_by_a_caregivers_phone(kim: Desk) -> None:
    for words in ("MRN-1000", "713-555-0143"):
        assert "María Delgado Ruiz" in kim.posts("/patients/search", words=words).text


def test_a_search_that_finds_nobody_says_what_can_be_found(kim: Desk) -> None:
    page = kim.posts("/patients/search", words="Whitfield").text
    assert "No patient found" in page
    assert "a whole MRN or a whole phone number" in page


def test_no_address_of_the_console_names_a_patient_or_a_number(kim: Desk) -> None:
    page = kim.sees() + kim.sees("/patients") + kim.opens("Rose")
    addresses = [a for a in re.findall(r'(?:href|action)="([^"]*)"', page) if a[:4] != "tel:"]
    assert len(addresses) > 20
    for patient in kim.seeded.patients.values():
        for secret in (patient.last_name, patient.mrn, patient.phone[2:]):
            assert not any(secret in address for address in addresses)


def test_the_list_shows_whose_programme_runs_the_last_discharged_first(kim: Desk) -> None:
    page = text_of(kim.sees("/patients"))
    assert page.index("Ruth Adler") < page.index("María Delgado") < page.index("Henry Albright")


# Unknown senders


def test_a_text_from_an_unknown_number_is_not_lost(kim: Desk) -> None:
    assert "this is not edna stop asking" in kim.sees("/strangers")


def test_an_unknown_sender_is_worked_on_like_everybody_but_cannot_be_texted(kim: Desk) -> None:
    stranger = kim.seeded.stranger
    assert stranger
    page = kim.sees(f"/escalations/{stranger.id}")
    assert "belongs to no patient" in page
    assert "Text the patient" not in page
    answer = kim.posts(f"/escalations/{stranger.id}/close", **CLOSED_WELL)
    assert answer.status_code == 200
    assert "closed" in text_of(answer.text)


def test_a_pages_link_leads_to_the_chart(kim: Desk) -> None:
    rose = kim.seeded.escalations["Rose"].id
    assert kim.browser.get(f"/escalations/{rose}").url.path == f"/patients/{kim.seeded.id('Rose')}"


# Health and metrics


def test_health_needs_no_login_and_tells_nothing(desk: Desk) -> None:
    answer = desk.browser.get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_metrics_count_without_naming_anybody(kim: Desk) -> None:
    kim.opens("Rose")
    told = kim.browser.get("/metrics").text
    assert 'aftercare_escalations_open{level="emergency"} 2.0' in told
    assert 'aftercare_escalations_overdue{level="urgent"} 1.0' in told
    assert 'route="/patients/{patient_id}"' in told
    assert str(kim.seeded.id("Rose")) not in told


# How these tests look at pages


def names_in(page: str) -> list[str]:
    """The names in the queue, in its order."""
    return [unescape(name) for name in re.findall(r"data-open>([^<]+)</a></h2>", page)]


def row_of(page: str, name: str) -> str:
    return next(row for row in page.split("<li id=")[1:] if name in row)


def text_of(html: str) -> str:
    """What a reader sees of it, in one line."""
    # What the ticking clock keeps for later is not seen.
    seen = re.sub(r"<[a-z]+[^>]* hidden>.*?</[a-z]+>", "", html, flags=re.DOTALL)
    words = unescape(re.sub(r"<[^>]+>", " ", re.sub(r"</?mark>", "", seen)))
    return re.sub(r" (?=[,.;:”])|(?<=[“(]) ", "", " ".join(words.split()))


def texts(desk: Desk, first_name: str, words: str, concept: str) -> None:
    """The patient writes, and it is an emergency."""
    with desk.app.database.begin() as session:
        patient = session.get_one(Patient, desk.seeded.id(first_name))
        message = outbound.queue(session, desk.app.clinic, NOW, patient, "reply", words)
        message.direction, message.kind, message.state = "in", "text", "answered"
        reason = Reason(concept, Level.EMERGENCY, "flag")
        escalations.flag(session, desk.app.clinic, NOW, patient, [reason], message)


def flag(desk: Desk, first_name: str, concept: str) -> Escalation:
    with desk.app.database.begin() as session:
        patient = session.get_one(Patient, desk.seeded.id(first_name))
        reason = Reason(concept, Level.EMERGENCY, "flag")
        now = desk.clock.now()
        return escalations.flag(session, desk.app.clinic, now, patient, [reason]).escalation


def statements(desk: Desk, path: str) -> int:
    """How many statements the page needs."""
    seen: list[str] = []

    def note(conn: object, cursor: object, statement: str, *rest: object) -> None:
        seen.append(statement)

    engine = desk.app.database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        desk.sees(path)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(seen)


def grow_history(desk: Desk) -> None:
    """Months of texts, check-ins and closed escalations for everybody."""
    with desk.app.database.begin() as session:
        patients = session.scalars(select(Patient)).all()
        for patient in patients:
            for number in range(70):
                text = outbound.queue(session, desk.app.clinic, NOW, patient, "reply", "noted")
                text.state = "delivered"
                if number < 20:
                    _grow_episode(session, patient, number)
        taken = session.get_one(Escalation, desk.seeded.escalations["María"].id)
        session.add_all(
            EscalationEvent(escalation_id=taken.id, at=NOW, kind="wrote") for _ in range(50)
        )
    with desk.app.database.begin() as session:
        assert len(session.scalars(select(Message)).all()) > 400


def _grow_episode(session: Session, patient: Patient, number: int) -> None:
    days = timedelta(days=40 + number)
    session.add(
        CheckIn(
            episode_id=patient.episodes[0].id,
            offset_days=40 + number,
            scheduled_for=NOW - days,
            state="completed",
        )
    )
    closed = Escalation(
        patient_id=patient.id,
        level="routine",
        level_at=NOW - days,
        opened_at=NOW - days,
        due_at=NOW - days,
        closed_at=NOW - days,
        assignee_id=patient.episodes[0].case_manager_id,
    )
    session.add(closed)
