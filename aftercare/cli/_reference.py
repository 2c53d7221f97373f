"""Writes the pages that list every command and every setting: `make docs`."""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from aftercare import settings
from aftercare.cli import command_line

ROOT = settings.ROOT
MADE = "Made by `make docs` from the code; change it there."


def pages() -> dict[Path, str]:
    """Every page and what it has to say now."""
    return {
        ROOT / "docs" / "commands.md": commands(),
        ROOT / "docs" / "settings.md": settings_page(),
        ROOT / ".env.example": env_example(),
    }


def commands() -> str:
    """Each command with its help, arguments and options."""
    group = typer.main.get_command(command_line())
    parts = [f"# Commands\n\n{MADE}\n\nExit codes: 0 done, 1 something failed or was refused, "]
    parts += ["2 used wrongly; 130 or 143 ended by Ctrl-C or SIGTERM.\n"]
    for name, command in _commands("aftercare", group):
        parts.append(f"\n## `{name}`\n\n{_help(command)}\n")
        rows = [f"- {row}\n" for parameter in command.params if (row := _parameter(parameter))]
        parts += ["\n", *rows] if rows else []
    return "".join(parts)


def settings_page() -> str:
    """Each environment variable with its meaning and default."""
    needed = _needed_in_production()
    rows = [
        f"| `{name}` | {meaning} | {_shown(name)} | {'yes' if name in needed else ''} |\n"
        for name, meaning in settings.variables().items()
    ]
    return "".join(
        [
            f"# Settings\n\n{MADE}\n\n",
            "All are environment variables, read once at the start. A process that lacks one it\n",
            "needs refuses to start and names it. Outside production the keys are made at the\n",
            "first start and kept in `var/keys.env`.\n\n",
            "| variable | meaning | default | needed in production |\n|---|---|---|---|\n",
            *rows,
        ]
    )


def env_example() -> str:
    """A file to copy: every variable, commented out, needed ones marked."""
    needed = _needed_in_production()
    parts = [
        "# Every setting of Aftercare. Copy to .env, fill in, and load it into the environment:\n",
        "#   set -a; . ./.env; set +a\n",
        "# None is needed to try it (make demo). Those marked [production] are needed there.\n",
    ]
    for name, meaning in settings.variables().items():
        mark = " [production]" if name in needed else ""
        parts.append(f"\n# {meaning}{mark}\n# {name}={_default(name)}\n")
    return "".join(parts)


def _commands(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    for name, child in getattr(command, "commands", {}).items():
        if hasattr(child, "commands"):
            yield from _commands(f"{path} {name}", child)
        elif not child.hidden:
            yield f"{path} {name}", child


def _help(command: Any) -> str:
    text = inspect.cleandoc(command.help or "").replace("\b", "").strip()
    if not text:
        raise ValueError(f"the command {command.name!r} has no help text")
    return text


def _parameter(parameter: Any) -> str:
    if parameter.name == "help" or getattr(parameter, "hidden", False):
        return ""
    names = [*parameter.opts, *parameter.secondary_opts]
    if parameter.param_type_name == "argument":
        names = [(parameter.metavar or parameter.name or "").upper()]
    shown = ", ".join(f"`{name}`" for name in names)
    return f"{shown}: {parameter.help}" if getattr(parameter, "help", None) else shown


def _needed_in_production() -> set[str]:
    try:
        settings.load({"AFTERCARE_ENV": "production"})
    except SystemExit as refusal:
        told = re.findall(r"^\s*([A-Z_ or]+) is missing", str(refusal), re.MULTILINE)
        return {name for line in told for name in line.split(" or ")}
    raise AssertionError("production must not start without settings")


def _default(name: str) -> str:
    fields = settings.Settings.model_fields.values()
    default = next(field.default for field in fields if field.alias == name)
    if hasattr(default, "get_secret_value"):
        default = default.get_secret_value()
    if isinstance(default, Path):
        default = default.relative_to(ROOT)
    return "" if default is None else str(default)


def _shown(name: str) -> str:
    return f"`{default}`" if (default := _default(name)) else ""


def main() -> None:
    for path, text in pages().items():
        path.write_text(text)


if __name__ == "__main__":
    main()
