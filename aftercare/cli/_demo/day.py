"""The day itself: six patients, two languages, an emergency, and a nurse who sees it."""

import csv
import io

import typer

from aftercare.cli._demo import stage
from aftercare.cli._demo.play import NotSeen, Play

PATIENTS = 6

CALM = {
    "safety": "no",
    "scale": "yes",
    "breathing": "nope same as always",
    "swelling": "no",
    "dizzy": "no",
    "heart_signs": "no",
    "medicines_got": "yea got em all",
    "doses_missed": "0",
    "ride": "yes my son takes me",
}

CALM_ES = {
    "safety": "no, nada de eso",
    "scale": "si",
    "weight": "70 kilos",
    "breathing": "no",
    "swelling": "no, igual",
    "dizzy": "no",
    "heart_signs": "no",
    "medicines_got": "si todas",
    "doses_missed": "0, ya me la tomé",
    "ride": "si, me lleva mi hijo",
}


def play_day(play: Play) -> None:
    enrolment(play)
    first_check_in(play)
    in_spanish(play)
    a_ride(play)
    stop(play)
    weight_gain(play)
    emergency(play)


def enrolment(play: Play) -> None:
    play.act("Six patients went home yesterday and are enrolled")
    table = _six(stage.fresh_discharges(play.stage.clock))
    outcomes = stage.enrol(play.stage, table)
    stage.name_phones(play.stage)
    for outcome in outcomes:
        typer.echo(f"   line {outcome.line}  {outcome.status:9} {outcome.ref}  {outcome.protocol}")
    if [outcome.status for outcome in outcomes] != ["enrolled"] * PATIENTS:
        raise NotSeen("six discharges enrolled")
    play.note("It is 8:50: nobody is texted before 9 in their own morning.")
    play.stays_silent("Walter")
    play.until(9, 5)
    play.act("The first text: consent, how to stop, what it is not")
    play.hears("Grace", "Reply STOP to end")


def first_check_in(play: Play) -> None:
    play.until(13, 5)
    play.act("First check-in")
    play.hears("Walter", "Reply STOP to end", "Mercy check-in.")
    play.answers("Walter", CALM | {"weight": "182 lbs"}, "That is all for today", "When to call")


def in_spanish(play: Play) -> None:
    play.act("The same in Spanish, and the lesson that follows")
    play.hears("Rosa", "Responda", "Mercy")
    play.answers("Rosa", dict(CALM_ES), "Es todo por hoy", "Cuándo llamar")


def a_ride(play: Play) -> None:
    play.act("Between the questions, Dorothy needs a ride")
    play.hears("Dorothy", "Mercy check-in.")
    play.texts("Dorothy", "i dont have a ride to the lung clinic, can you help")
    play.hears("Dorothy", "ride")
    play.queue_shows("Dorothy", "routine", "transport")


def stop(play: Play) -> None:
    play.act("Grace has had enough")
    play.hears("Grace", "Mercy check-in.")
    play.texts("Grace", "STOP")
    play.note("The carrier itself confirms; we stay silent and send nothing more.")
    play.hears("Grace", "unsubscribed")
    play.status_is("Grace", "opted_out")


def weight_gain(play: Play) -> None:
    play.until(13, 5, days=1)
    play.act("The next day: Walter gained four pounds")
    play.hears("Walter", "Mercy check-in.")
    play.texts("Walter", "no")
    play.hears("Walter", "weight")
    play.texts("Walter", "186 lbs this morning")
    play.hears("Walter", "call you today")
    play.queue_shows("Walter", "urgent", "weight_gain")


def emergency(play: Play) -> None:
    play.act("Rosa cannot lie down")
    play.texts("Rosa", "no puedo respirar acostado")
    play.hears("Rosa", "Llame al 911")
    item = play.queue_shows("Rosa", "emergency", "breathing")
    play.act("Nora takes it")
    play.does(item, "acknowledge", "takes it: the pages to the others stop")
    play.does(item, "reached", "has Rosa on the phone", contact="voice")
    play.state_is(item, "reached")
    words = "Señora Rosa, la ambulancia va en camino. La llamo otra vez en una hora. Nora"
    play.does(item, "reply", "writes to her", words=words)
    play.hears("Rosa", "ambulancia")
    play.does(
        item,
        "close",
        "closes it, with what was done",
        outcome="sent_to_emergency",
        contact="voice",
        action="Called 911 with the patient's son; report given to the emergency department",
        patient_confirmed="yes",
        actionable="yes",
        note="Follow up tomorrow",
    )
    play.state_is(item, "closed")
    play.stays_silent("Grace")


def _six(table: str) -> str:
    rows = list(csv.DictReader(io.StringIO(table, newline="")))
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, [*rows[0], "daily_consent"], lineterminator="\n")
    writer.writeheader()
    # Walter agreed to weigh himself every day.
    writer.writerows(
        row | {"daily_consent": "yes" if row["first_name"] == "Walter" else ""}
        for row in rows[:PATIENTS]
    )
    return out.getvalue()
