"""A discharge that is told again changes nothing, or just what it says differently."""

import threading
from datetime import time
from itertools import chain

from aftercare.calendars import local
from aftercare.models import Appointment, CheckIn, Episode, Message, Patient
from tests import enrolment_desk
from tests.enrolment_desk import ANA, BEN, Desk, statuses

desk = enrolment_desk.desk


# The same again


def test_the_same_file_again_changes_nothing(desk: Desk) -> None:
    helper = {"caregiver_name": "Luz", "caregiver_phone": "713 555 0199", "caregiver_consent": "y"}
    more = {"medications": "warfarin 5 mg; aspirin 81 mg", "follow_up_at": "2026-06-09 10:30"}
    file = (ANA | helper | more, BEN, BEN | {"encounter_id": "V-79", "disposition": "20"})
    desk.enrols(*file)
    before = desk.everything()
    assert statuses(desk.enrols(*file)) == ["unchanged", "unchanged", "excluded"]
    assert desk.everything() == before


def test_it_changes_nothing_tomorrow_either(desk: Desk) -> None:
    desk.enrols(ANA | {"consent_at": ""}, BEN)
    before = desk.everything()
    desk.clock.advance(days=1)
    assert statuses(desk.enrols(ANA | {"consent_at": ""}, BEN)) == ["unchanged", "unchanged"]
    assert desk.everything() == before


def test_a_line_that_comes_twice_enrols_once(desk: Desk) -> None:
    assert statuses(desk.enrols(ANA, ANA)) == ["enrolled", "unchanged"]


def test_two_overlapping_files_enrol_everybody_once(desk: Desk) -> None:
    assert statuses(desk.enrols(ANA, BEN)) == ["enrolled", "enrolled"]
    cas = BEN | {"mrn": "9", "encounter_id": "V-80", "mobile": "+12065550107"}
    assert statuses(desk.enrols(BEN, cas)) == ["unchanged", "enrolled"]
    assert len(desk.all(Patient)) == 3


def test_two_runs_at_the_same_instant_enrol_once(desk: Desk) -> None:
    rows = [
        ANA | {"mrn": f"{n}", "encounter_id": f"V-{n}", "mobile": f"+1713555{100 + n:04d}"}
        for n in range(8)
    ]
    found: list[list[str]] = []
    start = threading.Barrier(3)

    def run(order: list[dict[str, str]]) -> None:
        start.wait()
        found.append(statuses(desk.enrols(*order)))

    threads = [threading.Thread(target=run, args=(order,)) for order in (rows, rows[::-1], rows)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(chain(*found)) == ["enrolled"] * 8 + ["unchanged"] * 16
    assert len(desk.all(Episode)) == len(desk.all(Message)) == 8


def test_a_trial_run_changes_nothing_and_tells_the_same(desk: Desk) -> None:
    file = (ANA, ANA, BEN | {"mobile": "12"}, ANA | {"last_name": "Pena"})
    before = desk.everything()
    tried = desk.enrols(*file, dry_run=True)
    assert desk.everything() == before
    assert statuses(tried) == ["enrolled", "unchanged", "refused", "updated"]
    assert statuses(desk.enrols(*file)) == statuses(tried)


# What a later file says differently


def test_a_new_number_gets_the_welcome_and_the_old_one_nothing_more(desk: Desk) -> None:
    desk.enrols(ANA)
    (outcome,) = desk.enrols(ANA | {"mobile": "713-555-0188"})
    assert (outcome.status, outcome.notes[0]) == ("updated", "changed: phone")
    texts = {row.phone: row.state for row in desk.all(Message)}
    assert texts == {"+17135550142": "canceled", "+17135550188": "queued"}


def test_a_wrong_number_that_was_mended_is_texted_again(desk: Desk) -> None:
    desk.enrols(ANA)
    desk.hears("+17135550142", "wrong number, I am not Ana")
    assert (desk.one(Patient).status, desk.one(Episode).state) == ("wrong_number", "stopped")
    assert statuses(desk.enrols(ANA)) == ["unchanged"]
    assert statuses(desk.enrols(ANA | {"mobile": "713-555-0188"})) == ["updated"]
    assert (desk.one(Patient).status, desk.one(Episode).state) == ("active", "active")
    welcome = max(desk.all(Message), key=lambda row: row.seq)
    assert (welcome.kind, welcome.state, welcome.phone) == ("welcome", "queued", "+17135550188")


def test_a_corrected_name_and_next_visit_are_taken_over(desk: Desk) -> None:
    desk.enrols(ANA | {"follow_up_at": "2026-06-09 10:30"})
    (outcome,) = desk.enrols(ANA | {"last_name": "Pena", "follow_up_at": "2026-06-10 10:30"})
    assert outcome.notes == ("changed: follow_up, last_name",)
    assert desk.one(Patient).last_name == "Pena"
    assert desk.one(Appointment).at.day == 10


def test_a_move_to_another_zone_moves_the_mornings(desk: Desk) -> None:
    desk.enrols(ANA)
    desk.enrols(ANA | {"zip": "96813"})
    mornings = [row.scheduled_for for row in desk.all(CheckIn) if row.state == "scheduled"]
    assert len(mornings) >= 6
    for moment in mornings:
        assert time(9) <= local(moment, "Pacific/Honolulu").time() < time(11)


def test_another_diagnosis_before_the_first_question_changes_the_protocol(desk: Desk) -> None:
    desk.enrols(ANA)
    (outcome,) = desk.enrols(ANA | {"primary_dx": "J44.1"})
    assert (outcome.protocol, outcome.check_ins) == ("copd", 7)


def test_once_asked_a_patient_keeps_the_protocol(desk: Desk) -> None:
    desk.enrols(ANA)
    desk.edit(min(desk.all(CheckIn), key=lambda row: row.offset_days), state="completed")
    desk.enrols(ANA | {"primary_dx": "J44.1"})
    assert desk.one(Episode).protocol == "heart_failure"


def test_the_feed_corrects_the_language_until_the_patient_has_texted(desk: Desk) -> None:
    desk.enrols(ANA | {"language": "English"})
    desk.enrols(ANA)
    assert desk.one(Patient).locale == "es"


def test_the_language_a_patient_chose_stays(desk: Desk) -> None:
    desk.enrols(ANA | {"language": "English"})
    desk.hears("+17135550142", "en español por favor")
    desk.edit(desk.one(Patient), locale="es")
    assert statuses(desk.enrols(ANA | {"language": "English"})) == ["unchanged"]


def test_a_cell_that_became_empty_forgets_nothing(desk: Desk) -> None:
    desk.enrols(ANA)
    empty = {"dob": "", "sex": "", "primary_dx": "", "facility": "", "language": ""}
    assert statuses(desk.enrols(ANA | empty)) == ["unchanged"]
