"""Who a patient is in FHIR, what they agreed to, and which of their words leave the house."""

from tests.fhir_reading import BREATHLESS, answers, breathless, closes, of, one, text
from tests.harness import Day


def test_the_patient_has_what_us_core_asks_for(day: Day) -> None:
    ada = day.patient("Ada", locale="es")
    patient = one(day, ada, "Patient")
    assert patient["name"] == [{"family": "Test", "given": ["Ada"]}]
    assert patient["gender"] == "unknown"
    assert patient["identifier"][0]["value"] == ada.row.mrn
    assert patient["communication"][0]["language"]["coding"][0]["code"] == "es"


def test_a_wrong_number_does_not_travel_as_the_patients(day: Day) -> None:
    ada = day.patient()
    with day.app.database.begin() as session:
        session.merge(ada.row).status = "wrong_number"
    assert "telecom" not in one(day, ada, "Patient")


def test_a_stop_is_a_consent_that_denies(day: Day) -> None:
    ada = day.patient()
    ada.texts("STOP")
    day.clock.advance(hours=1)
    ada.texts("START")
    kept = [(row["status"], row["provision"]["type"]) for row in of(day, ada, "Consent")]
    assert kept == [("inactive", "deny"), ("active", "permit")]


def test_what_was_written_stays_here_unless_it_is_asked_for(day: Day) -> None:
    ada = breathless(day)
    closes(day, ada)
    without, with_words = text(day, ada), text(day, ada, words=True)
    for written in (BREATHLESS, "Call 911", "told her to call"):
        assert written not in without
        assert written in with_words
    for row in of(day, ada, "Communication"):
        assert row["meta"]["security"][0]["code"] == "REDACTED"


def test_an_answer_in_words_is_words(day: Day) -> None:
    ada = day.patient()
    answers(day, ada, ("anything_else", "my son left", None))
    assert "my son left" not in text(day, ada)
    answer = one(day, ada, "QuestionnaireResponse")["item"][0]["answer"][0]
    assert answer["_valueString"]["extension"][0]["valueCode"] == "masked"
    assert "my son left" in text(day, ada, words=True)


def test_what_was_purged_is_gone_with_words_too(day: Day) -> None:
    ada = breathless(day)
    with day.app.database.begin() as session:
        for message in ada.messages:
            session.merge(message).body_sealed = None
    told = of(day, ada, "Communication", words=True)
    assert told
    assert not any("payload" in row for row in told)


def test_texts_in_and_out_say_whom_they_are_from(day: Day) -> None:
    ada = day.patient()
    eve = day.caregiver(ada)
    eve.texts("thanks")
    heard, *said = of(day, ada, "Communication")
    assert heard["sender"]["type"] == "RelatedPerson"
    assert said
    for answer in said:
        assert answer["sender"]["type"] == "Device"
        assert answer["recipient"][0]["type"] == "RelatedPerson"
        assert answer["inResponseTo"][0]["reference"] == f"urn:uuid:{heard['id']}"
