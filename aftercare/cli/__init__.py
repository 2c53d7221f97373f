"""The `aftercare` command: finds every command in this folder and says errors plainly."""

import importlib
import pkgutil
import sys

import typer

# The order of the help page, from the first thing one does to the last. A module that is
# not named here comes after these. Each has `register(app)`, or is an `app` of its own.
ORDER = (
    *("demo", "up", "serve", "enrol", "simulate", "triage", "content"),
    *("users", "keys", "audit", "report", "export", "doctor"),
)

HELP = """
Texts patients after discharge, checks in, and escalates red flags to a case manager.

\b
Try it, with invented patients:  make demo
Run it:                          aftercare up
Enrol patients:                  aftercare enrol discharges.csv --dry-run
Be the patient:                  aftercare simulate
See what is wrong:               aftercare doctor

\b
Exit codes:  0 done · 1 something failed or was refused · 2 used wrongly
             130 or 143 ended by Ctrl-C or SIGTERM

Settings come from the environment: .env.example lists them all.
"""


def main() -> None:
    """Run one command; what can go wrong in a hospital is told in a sentence."""
    try:
        command_line()()
    except Exception as error:
        sentence = explain(error)
        if sentence is None:
            raise
        sys.exit(f"aftercare: {sentence}")


def command_line() -> typer.Typer:
    """All commands. Their modules import what is heavy only when they run."""
    app = typer.Typer(
        help=HELP,
        no_args_is_help=True,
        rich_markup_mode="rich",
        add_completion=False,
        # Its tracebacks print local variables, and those can hold a patient's words.
        pretty_exceptions_enable=False,
    )
    app.callback()(_all)
    for name in _modules():
        module = importlib.import_module(f"{__name__}.{name}")
        if hasattr(module, "register"):
            module.register(app)
        else:
            app.add_typer(module.app, name=name)
    return app


def explain(error: Exception) -> str | None:
    """What an expected failure means, in a sentence; None for a fault of ours."""
    cause = getattr(error, "orig", None) or error  # SQLAlchemy wraps the driver's error
    for module, name, sentence in EXPECTED:
        # A class whose module was never imported cannot be what was raised.
        kind = getattr(sys.modules.get(module), name, None)
        if kind is not None and isinstance(cause, kind):
            return sentence.format(reason=_reason(cause))
    return None


EXPECTED = (
    ("aftercare.processes", "ProgramStopped", "{reason}"),
    ("aftercare.postgres", "PostgresFailed", "{reason}"),
    ("aftercare.crypto", "UnknownKey", "{reason}: put the key back, last in the list"),
    ("aftercare.carrier.config", "ForbiddenInProduction", "{reason}"),
    ("aftercare.staffing", "Refused", "{reason}"),
    ("aftercare.triage.vocabulary", "VocabularyError", "content/red_flags/{reason}"),
    ("psycopg.errors", "UndefinedTable", "the database lacks a table: run `aftercare up` once"),
    ("psycopg", "OperationalError", "the database failed: {reason} (see: aftercare doctor)"),
    ("httpx", "TransportError", "a service did not answer: {reason} (see: aftercare doctor)"),
    ("builtins", "TimeoutError", "{reason}"),
    ("builtins", "FileNotFoundError", "{reason}"),
    ("builtins", "PermissionError", "{reason}"),
)


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename:
        return f"{error.strerror}: {error.filename}"
    told = str(error) or type(error).__name__
    ours = type(error).__module__.startswith("aftercare")
    return told if ours else told.splitlines()[0]


def _modules() -> list[str]:
    found = {module.name for module in pkgutil.iter_modules(__path__) if module.name[0] != "_"}
    return sorted(found, key=lambda name: (ORDER.index(name) if name in ORDER else 99, name))


def _all() -> None:
    """Holds the help of the whole."""
