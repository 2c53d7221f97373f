"""Turns a second and waiting times: our Rasa beside the same bot on Rasa as shipped."""

import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from rich.console import Console
from rich.table import Table

from aftercare.triage import Understanding
from aftercare.turns import Turn
from benchmarks.load import Measured, measure
from bot.actions.app import create_app
from tests.live.rasa import (
    Rasa,
    RasaMissing,
    running_rasa,
    serving,
    stock_rasa,
    tracker_database,
    train_if_needed,
)

STOCK = Path(__file__).with_name("stock") / "endpoints.yml"
ALONE, AT_ONCE = 1, 8
WARM_SECONDS, SECONDS = 2.0, 12.0

type Started = Callable[[str, str], AbstractContextManager[Rasa]]


class Asking:
    """A product that answers at once: what is measured is the bot, not our database."""

    def begin_check_in(self, conversation: str, check_in: str) -> Turn:
        return Turn(("What is your weight today?",), asking=True)

    def hear(
        self, conversation: str, message: str | None, heard_as: str, nlu: Understanding
    ) -> Turn:
        return Turn(("What is your weight today?",), asking=True)


def main() -> None:
    console = Console()
    try:
        train_if_needed()
    except RasaMissing as reason:
        raise SystemExit(str(reason)) from reason
    ours = _measured(console, "ours", running_rasa)
    stock = _measured(console, "stock", lambda tracker, acts: stock_rasa(tracker, acts, STOCK))
    console.print(_table(ours, stock))


def _measured(console: Console, name: str, started: Started) -> dict[int, Measured]:
    console.print(f"Measuring {name}: starts, then texts for {2 * SECONDS:.0f} s …")
    app = create_app(Asking(), lambda conversation, response: response)
    with (
        tempfile.TemporaryDirectory() as folder,
        tracker_database(Path(folder)) as tracker_url,
        serving(app) as actions_url,
        started(tracker_url, actions_url) as rasa,
    ):
        measure(rasa.url, ALONE, WARM_SECONDS)
        return {patients: measure(rasa.url, patients, SECONDS) for patients in (ALONE, AT_ONCE)}


def _table(ours: dict[int, Measured], stock: dict[int, Measured]) -> Table:
    table = Table(title="Turns of the bot (a text in, its answer out)")
    for heading in ("patients at once", "", "turns/s", "p50 ms", "p95 ms"):
        table.add_column(heading, justify="right")
    for patients in (ALONE, AT_ONCE):
        for name, measured in (("ours", ours[patients]), ("stock Rasa", stock[patients])):
            figures = (measured.rate, measured.p50, measured.p95)
            table.add_row(str(patients), name, *(f"{figure:.1f}" for figure in figures))
        faster = ours[patients].rate / stock[patients].rate
        sooner = (
            stock[patients].p50 / ours[patients].p50,
            stock[patients].p95 / ours[patients].p95,
        )
        table.add_row("", "ratio", *(f"× {ratio:.1f}" for ratio in (faster, *sooner)))
        table.add_section()
    return table
