"""Turns a second and waiting times: our Rasa beside the same bot on Rasa as shipped."""

import tempfile
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console
from rich.table import Table

from aftercare.triage import Understanding
from aftercare.turns import Turn
from benchmarks.load import Measured, measure, together
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
# Short rounds, one after the other: what else the machine does slows both alike.
ROUNDS, WARM_SECONDS, SECONDS = 4, 2.0, 3.5


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
    with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        ours, stock = _started(running, Path(folder))
        console.print(f"Texting both in turn, {4 * ROUNDS * SECONDS:.0f} s …")
        for rasa in (ours, stock):
            measure(rasa.url, ALONE, WARM_SECONDS)
        console.print(_table(*_measured(ours, stock)))


def _started(running: ExitStack, folder: Path) -> tuple[Rasa, Rasa]:
    app = create_app(Asking(), lambda conversation, response: response)
    actions_url = running.enter_context(serving(app))
    ours_db = running.enter_context(tracker_database(folder / "ours"))
    stock_db = running.enter_context(tracker_database(folder / "stock"))
    ours = running.enter_context(running_rasa(ours_db, actions_url))
    return ours, running.enter_context(stock_rasa(stock_db, actions_url, STOCK))


type ByPatients = dict[int, Measured]


def _measured(ours: Rasa, stock: Rasa) -> tuple[ByPatients, ByPatients]:
    found: tuple[ByPatients, ByPatients] = ({}, {})
    for patients in (ALONE, AT_ONCE):
        rounds: tuple[list[Measured], list[Measured]] = ([], [])
        for _ in range(ROUNDS):
            for rasa, measured in zip((ours, stock), rounds, strict=True):
                measured.append(measure(rasa.url, patients, SECONDS))
        for side, measured in zip(found, rounds, strict=True):
            side[patients] = together(measured)
    return found


def _table(ours: ByPatients, stock: ByPatients) -> Table:
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
