"""What is said to a patient's text, and what a human gets to see of it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from aftercare.models import Answer, CheckIn, EducationDelivery, Episode, Need
from aftercare.triage import Understanding
from tests.harness import Day, Phone

SAFETY, SCALE, WEIGHT = "Right now, do you have", "scale at home", "What is your weight today"
NIGHT = datetime(2026, 3, 11, 2, 30, tzinfo=UTC)
"""22:30 in New York: nobody but the supervisor is on duty any more today."""
UNSAID = Understanding("thanks", 1.0)


def test_a_calm_check_in_ends_with_thanks_and_a_lesson(day: Day) -> None:
    ada = day.patient()
    begun(day, ada)
    for text in ("no", "yes", "182 lbs", "no", "no", "no", "no"):
        ada.texts(text)
    ada.skips()
    ada.texts("yes")
    assert ada.heard[ada.seen].startswith("Thank you. That is all for today.")
    assert delivered(day, ada) == ["salt_and_weight"]
    day.queue.shows_nothing(ada)
    assert state(day, ada) == "completed"


def test_a_yes_to_the_safety_question_is_an_emergency(day: Day) -> None:
    ada = day.patient()
    begun(day, ada)
    ada.texts("yes").hears("Call 911 now")
    day.queue.shows(ada, "emergency", "safety")
    assert (state(day, ada), answers(day, ada)) == ("interrupted", {"safety": True})


def test_a_red_flag_in_the_middle_ends_the_questions(day: Day) -> None:
    ada = day.patient()
    begun(day, ada)
    ada.texts("no").hears(SCALE)
    ada.texts("my chest hurts").hears("Call 911 now")
    assert (state(day, ada), answers(day, ada)) == ("interrupted", {"safety": False})


def test_four_pounds_since_yesterday_are_urgent_and_told_once(day: Day) -> None:
    ada = day.patient(discharged=timedelta(days=2))
    begun(day, ada)
    for text in ("no", "yes", "182 lbs"):
        ada.texts(text)
    day.passes(days=1)
    ada.skips()
    day.check_in(ada, day=3)
    ada.texts("no").skips()
    ada.texts("186 lbs").hears("A nurse from your care team will call you today", "breathing")
    day.queue.shows(ada, "urgent", "weight_gain")


def test_an_urgent_answer_is_told_once_and_the_questions_go_on(day: Day) -> None:
    ada = day.patient()
    begun(day, ada)
    for text in ("no", "yes", "182 lbs"):
        ada.texts(text)
    ada.skips()
    ada.texts("yes").hears("A nurse from your care team will call you today", "swelling")
    day.queue.shows(ada, "urgent", "breathing_worse")


def test_at_night_an_urgent_text_is_told_the_nurse_line(day: Day) -> None:
    ada = day.patient()
    day.clock.set(NIGHT)
    ada.texts("my leg is swollen").hears("call the nurse line now: 800-555-0100")
    day.queue.shows(ada, "urgent")


def test_an_urgent_text_out_of_the_blue_is_answered_once(day: Day) -> None:
    ada = day.patient()
    ada.texts("my leg is swollen").hears("A nurse from your care team will call you today")
    assert day.queue.shows(ada, "urgent").assignee_id == day.nurse.id


def test_an_unlikely_weight_is_confirmed_before_it_counts(day: Day) -> None:
    ada = day.patient()
    asked_for_weight(day, ada)
    ada.texts("812").hears("Reply YES if this is right, NO if it is wrong: 812 pounds")
    assert "weight" not in answers(day, ada)
    ada.texts("no").hears(WEIGHT)
    ada.texts("182").hears("breathing")
    assert answers(day, ada)["weight"] == 182
    day.queue.shows_nothing(ada)


def test_an_unlikely_weight_that_is_meant_is_kept(day: Day) -> None:
    ada = day.patient()
    asked_for_weight(day, ada)
    ada.texts("812").skips()
    ada.texts("yes").hears("breathing")
    assert answers(day, ada)["weight"] == 812


def test_another_weight_instead_of_yes_or_no_is_taken(day: Day) -> None:
    ada = day.patient()
    asked_for_weight(day, ada)
    ada.texts("812").skips()
    ada.texts("182").hears("breathing")
    assert answers(day, ada)["weight"] == 182


def test_kilograms_are_understood(day: Day) -> None:
    ada = day.patient()
    asked_for_weight(day, ada)
    ada.texts("83 kg").hears("breathing")
    assert answers(day, ada)["weight"] == pytest.approx(183, abs=0.1)


def test_what_is_not_understood_twice_is_handed_over_and_the_check_in_goes_on(day: Day) -> None:
    ada = day.patient()
    asked_for_weight(day, ada)
    ada.texts("purple monkey dishwasher").hears("Sorry, we did not understand. " + WEIGHT)
    ada.texts("qwrtz plmk vbnx").hears("A person from your care team will read your text", "breath")
    day.queue.shows(ada, "routine", "unread")
    assert answers(day, ada)["weight"] is None
    assert state(day, ada) == "open"


def test_a_ride_in_the_middle_is_noted_and_the_question_comes_back(day: Day) -> None:
    ada = day.patient()
    asked_for_weight(day, ada)
    ada.texts("i need a ride").hears("you need a ride", WEIGHT)
    ada.texts("i need a ride").hears("you need a ride", WEIGHT)
    day.queue.shows(ada, "routine", "transport")
    assert needs(day, ada) == [("transport", "Z59.82")]


def test_no_to_the_ride_question_is_one_need_and_the_next_question(day: Day) -> None:
    ada = day.patient(visit=timedelta(days=5))
    begun(day, ada)
    for text in ("no", "yes", "182", "no", "no", "no", "no"):
        ada.texts(text)
    assert "Do you have a ride to your visit on" in ada.heard[-1]
    ada.skips()
    ada.texts("no").hears("you need a ride", "Did you get ALL of your new medicines?")
    day.queue.shows(ada, "routine", "transport")
    assert needs(day, ada) == [("transport", "Z59.82")]


def test_a_need_out_of_the_blue_is_noted(day: Day) -> None:
    ada = day.patient(locale="es")
    ada.texts("no tengo para la comida")
    assert len(ada.heard) == 1
    day.queue.shows(ada, "routine", "food")


def test_a_missed_dose_of_a_water_pill_is_urgent(day: Day) -> None:
    ada = day.patient(medicines={"Furosemide": "diuretic"}, discharged=timedelta(days=3))
    begun(day, ada, day_=3)
    for text in ("no", "yes", "182", "no", "no", "no", "no", "yes"):
        ada.texts(text)
    ada.skips()
    ada.texts("1").hears("A nurse from your care team will call you today", "main reason")
    day.queue.shows(ada, "urgent", "missed_medicine")
    ada.texts("forgot")
    assert answers(day, ada)["missed_reason"] == "forgot"


def test_the_cost_of_a_medicine_is_a_need(day: Day) -> None:
    ada = day.patient(discharged=timedelta(days=3))
    begun(day, ada, day_=3)
    for text in ("no", "yes", "182", "no", "no", "no", "no", "yes", "1"):
        ada.texts(text)
    ada.skips()
    ada.texts("1").skips()
    assert needs(day, ada) == [("cost", "Z91.120")]


def test_who_wants_a_person_is_promised_one_by_day(day: Day) -> None:
    ada = day.patient()
    ada.texts("can i talk to a nurse").hears("We asked a person from your care team to call you")
    day.queue.shows(ada, "routine", "human_wanted")


def test_who_wants_a_person_at_night_hears_the_truth(day: Day) -> None:
    ada = day.patient()
    off_duty(day)
    day.clock.set(NIGHT)
    ada.texts("can i talk to a nurse").hears("They are out now")
    day.queue.shows(ada, "routine", "human_wanted")


def test_a_lesson_that_is_asked_for_is_sent(day: Day) -> None:
    ada = day.patient()
    ada.texts("tell me about salt")
    assert delivered(day, ada) == ["salt_and_weight"]
    assert len(ada.heard) >= 1
    day.queue.shows_nothing(ada)


def test_a_lesson_we_do_not_have_is_a_humans(day: Day) -> None:
    ada = day.patient()
    ada.texts("how do i weigh myself")
    if not delivered(day, ada):
        ada.hears("We do not have a lesson about that")
        day.queue.shows(ada, "routine", "education_wanted")


def test_a_question_about_medicines_is_never_answered_by_us(day: Day) -> None:
    ada = day.patient()
    ada.texts("can i take tylenol")
    assert "tylenol" not in " ".join(ada.heard).lower()
    assert day.queue.of(ada) is not None


def test_another_language_asks_the_waiting_question_in_it(day: Day) -> None:
    ada = day.patient()
    begun(day, ada)
    ada.texts("en español por favor")
    assert ada.row.locale == "es"
    new = ada.heard[ada.seen :]
    assert any("Español" in text for text in new)
    assert "dificultad para respirar" in new[-1] or "respirar" in new[-1]
    assert answers(day, ada) == {}
    ada.skips()
    ada.texts("no")
    assert "scale" not in ada.heard[-1]


def test_a_language_we_do_not_have_gets_an_interpreter(day: Day) -> None:
    ada = day.patient()
    ada.texts("français svp")
    if ada.row.locale == "en":
        assert day.queue.of(ada) is not None or "say it in other words" in ada.heard[-1]


def test_thanks_in_the_middle_gets_a_word_back_and_the_question(day: Day) -> None:
    ada = day.patient()
    begun(day, ada)
    ada.texts("thanks").hears("You are welcome", SAFETY)


def test_small_talk_needs_nobody(day: Day) -> None:
    ada = day.patient()
    ada.texts("hello").hears("Hello from Mercy")
    ada.texts("thanks").hears("You are welcome")
    day.queue.shows_nothing(ada)


def test_a_lost_conversation_heals_with_the_next_answer(day: Day) -> None:
    ada = day.patient()
    begun(day, ada)
    day.rasa.dialogue.lose(str(ada.id))  # type: ignore[attr-defined]
    ada.texts("no").hears(SCALE)
    ada.texts("yes").hears(WEIGHT)


def test_a_wish_to_stop_that_only_the_classifier_hears_is_honoured_and_seen(day: Day) -> None:
    ada = day.patient()
    ada.texts("please leave me alone with these messages").hears("You will get no more texts")
    assert ada.row.status == "opted_out"


def test_while_an_emergency_is_open_nobody_is_asked_about_weight(day: Day) -> None:
    ada = day.patient()
    ada.texts("my chest hurts").hears("Call 911 now")
    ada.texts("thanks").hears("do not wait for a text: call 911 now")
    ada.texts("thanks").hears_nothing()
    day.check_in(ada)
    ada.hears_nothing()
    assert state(day, ada) == "expired"


def test_the_same_turn_asked_twice_is_taken_once(day: Day) -> None:
    ada = day.patient()
    begun(day, ada)
    ada.texts("no").hears(SCALE)
    [text] = [m for m in ada.messages if m.direction == "in"]
    again = day.rasa.dialogue.ask(str(ada.id), "no", str(text.id))
    assert any(SCALE in said for said in again)
    day.work()
    ada.hears_nothing()
    assert answers(day, ada) == {"safety": False}


def test_the_recorded_turn_of_another_patient_is_refused(day: Day) -> None:
    ada, bob = day.patient(), day.patient("Bob")
    ada.texts("thanks")
    [text] = [m for m in ada.messages if m.direction == "in"]
    with pytest.raises(LookupError):
        day.app.conversations.hear(str(bob.id), str(text.id), "thanks", UNSAID)
    with pytest.raises(LookupError):
        day.app.conversations.hear(str(ada.id), None, "thanks", UNSAID)


def begun(day: Day, phone: Phone, day_: int = 1) -> None:
    day.check_in(phone, day=day_)
    phone.hears("Mercy check-in. " + SAFETY)


def asked_for_weight(day: Day, phone: Phone) -> None:
    begun(day, phone)
    phone.texts("no").texts("yes").hears(SCALE, WEIGHT)


def answers(day: Day, phone: Phone) -> dict[str, object]:
    with day.app.database.begin() as session:
        rows = session.scalars(
            select(Answer).join(CheckIn).where(CheckIn.episode_id == phone.episode)
        )
        return {row.question: row.value for row in rows}


def state(day: Day, phone: Phone) -> str:
    with day.app.database.begin() as session:
        return session.get_one(Episode, phone.episode).check_ins[-1].state


def needs(day: Day, phone: Phone) -> list[tuple[str, str]]:
    with day.app.database.begin() as session:
        rows = session.scalars(select(Need).where(Need.patient_id == phone.id))
        return [(row.kind, row.code) for row in rows]


def delivered(day: Day, phone: Phone) -> list[str]:
    with day.app.database.begin() as session:
        rows = session.scalars(
            select(EducationDelivery).where(EducationDelivery.episode_id == phone.episode)
        )
        return [row.module for row in rows]


def off_duty(day: Day) -> None:
    """Take the supervisor's nights off the roster."""
    with day.app.database.begin() as session:
        session.connection().exec_driver_sql("DELETE FROM coverage WHERE tier = 'supervisor'")
