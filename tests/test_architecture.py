"""The house's rules on who may know whom (docs/architecture.md), checked in the source."""

import ast
from graphlib import TopologicalSorter
from itertools import chain

from tests.imports import Module, modules, room_of

RULES = {
    *("calendars", "clock", "education", "i18n", "levels", "messages", "protocols", "review"),
    *("segments", "triage", "turns"),
}
"""Pure: they decide, from what they are given."""

STATE = {"audit", "crypto", "db", "models"}
EDGES = {"actions", "carrier", "web", "worker"}
"""Where something outside touches the product. The command line (cli) starts the others."""

EFFECTS = {
    *("alembic", "apprise", "fastapi", "httpx", "procrastinate", "psycopg", "requests"),
    *("rasa_sdk", "socket", "sqlalchemy", "starlette", "subprocess", "twilio", "uvicorn"),
}
"""Libraries with which one leaves the process: no rule needs them."""

ADAPTERS = {"ApprisePager", "Rasa", "Twilio"}
"""The clients of other systems."""

BUILD_CLIENTS = {
    "aftercare.app": "it puts the product together",
    "aftercare.health": "the doctor tries credentials with which no product can be built",
}
READ_THE_ENVIRONMENT = {
    "aftercare.settings": "it is what reads the settings",
    "aftercare.app": "it puts the product together from them",
    "aftercare.processes": "hands the whole environment on to the programs it starts",
    "aftercare.carrier.config": "refuses production whoever starts it",
}
READ_THE_TIME = {
    "aftercare.clock": "it is the clock",
    "aftercare.web.attempts": "counts real minutes between logins, which no demo may shift",
}


def test_the_product_was_found() -> None:
    names = {module.name for module in modules()}
    assert {"aftercare.settings", "aftercare.triage", "bot.actions.app"} <= names


def test_a_rule_knows_rules_only() -> None:
    assert {
        module.name: strangers
        for module in modules()
        if module.room in RULES
        and (strangers := rooms(module) - RULES | libraries(module) & EFFECTS)
    } == {}


def test_state_knows_no_use_and_no_edge() -> None:
    known = STATE | RULES | {"settings"}
    assert {
        module.name: strangers
        for module in modules()
        if module.room in STATE and (strangers := rooms(module) - known)
    } == {}


def test_nobody_but_who_starts_it_knows_an_edge() -> None:
    assert {
        module.name: edges
        for module in modules()
        if module.room not in {"app", "cli", "__main__"}
        and (edges := rooms(module) & (EDGES | {"cli"}))
    } == {}


def test_nobody_imports_rasa_and_only_the_actions_its_sdk() -> None:
    assert [
        module.name
        for module in modules()
        if "rasa" in libraries(module)
        or ("rasa_sdk" in libraries(module) and module.room != "actions")
    ] == []


def test_the_environment_is_read_in_one_place() -> None:
    reading = {"os.environ", "os.getenv", "environ", "getenv"}
    assert [
        module.name
        for module in modules()
        if module.name not in READ_THE_ENVIRONMENT
        and reading & (expressions(module) | module.imports())
    ] == []


def test_only_app_builds_the_clients_of_other_systems() -> None:
    assert [
        module.name
        for module in modules()
        if module.name not in BUILD_CLIENTS and ADAPTERS & calls(module)
    ] == []


def test_the_time_comes_from_the_clock() -> None:
    present = {"datetime.now", "datetime.utcnow", "date.today", "time.time"}
    assert [
        module.name
        for module in modules()
        if module.room != "cli"  # somebody sits there, with a calendar on the desk
        and module.name not in READ_THE_TIME
        and present & calls(module)
    ] == []


def test_rooms_do_not_import_one_another_in_circles() -> None:
    known: dict[str, set[str]] = {}
    for module in modules():
        imported = {room_of(name) for name in module.imports_when_loaded()}
        known.setdefault(module.room, set()).update(imported - {"", module.room})
    # Raises CycleError, which names the circle.
    assert set(TopologicalSorter(known).static_order()) >= set(known)


def test_every_exception_is_still_needed() -> None:
    named = {module.name for module in modules()}
    assert set(chain(BUILD_CLIENTS, READ_THE_ENVIRONMENT, READ_THE_TIME)) <= named


def rooms(module: Module) -> set[str]:
    """The other rooms of the house that it imports from."""
    return {room_of(name) for name in module.imports()} - {"", module.room}


def libraries(module: Module) -> set[str]:
    return {name.partition(".")[0] for name in module.imports()}


def expressions(module: Module) -> set[str]:
    """Every name and attribute chain it uses, as written."""
    nodes = (n for n in ast.walk(module.tree) if isinstance(n, ast.Attribute | ast.Name))
    return {ast.unparse(node) for node in nodes}


def calls(module: Module) -> set[str]:
    """What it calls, as written."""
    nodes = (node for node in ast.walk(module.tree) if isinstance(node, ast.Call))
    return {ast.unparse(node.func) for node in nodes}
