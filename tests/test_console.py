"""What a case manager does at the console."""

from datetime import date

from aftercare.models import Patient
from tests.console_reading import names_in, row_of, text_of
from tests.console_setup import Desk

pytest_plugins = ["tests.console_setup"]


CLOSED_WELL = {
    "outcome": "advice_given",
    "contact": "voice",
    "action": "Talked her through propping up; visit tomorrow.",
    "patient_confirmed": "yes",
    "actionable": "yes",
}


def test_taking_an_escalation_puts_ones_name_on_it(kim: Desk) -> None:
    assert kim.does("María", "acknowledge").status_code == 200
    assert "Kim Lee has it" in text_of(row_of(kim.sees(), "María Delgado"))
    (taken,) = kim.audited("escalation.acknowledged")[-1:]
    assert taken.subject == f"escalation:{kim.seeded.escalations['María'].id}"


def test_who_comes_second_is_told_who_was_first(kim: Desk) -> None:
    kim.colleague("Ana").does("María", "acknowledge")
    answer = kim.does("María", "acknowledge")
    assert answer.status_code == 409
    assert "Ana Duarte was first" in answer.text
    assert kim.escalation("María").acknowledged_by == kim.seeded.staff["Ana"].id


def test_in_the_queue_as_well(kim: Desk) -> None:
    kim.colleague("Ana").does("María", "acknowledge")
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
    assert "Note · Kim Lee Voucher ordered" in text_of(kim.colleague("Ana").opens("Grace"))


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
