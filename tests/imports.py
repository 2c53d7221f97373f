"""Who imports whom in the product, read from its source: for the tests of its architecture."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("aftercare", "bot/actions")


@dataclass(frozen=True)
class Module:
    """One source file under its dotted name."""

    name: str
    path: Path
    tree: ast.Module

    def __str__(self) -> str:
        return self.name

    @property
    def room(self) -> str:
        """The part of the house it belongs to: `aftercare.web.console` is in `web`."""
        parts = self.name.split(".")
        return parts[1] if len(parts) > 1 else parts[0]

    def imports(self) -> set[str]:
        """The dotted names it imports, wherever in the file; `from a import b` gives `a.b`."""
        return set(self._imports(self.tree))

    def imports_when_loaded(self) -> set[str]:
        """Those of the top level only, without what is there for the type checker alone."""
        lines = [line for line in self.tree.body if not _for_types(line)]
        return {name for line in lines if not _opens_scope(line) for name in self._imports(line)}

    def _imports(self, tree: ast.AST) -> Iterator[str]:
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def modules() -> tuple[Module, ...]:
    """Every module of the product; bot/runtime is Rasa's."""
    paths = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return tuple(Module(_name(path), path, ast.parse(path.read_text())) for path in paths)


def room_of(name: str) -> str:
    """The room an imported name lies in, or "" when it is not ours."""
    parts = name.split(".")
    if parts[:2] == ["bot", "actions"]:
        return "actions"
    return parts[1] if parts[0] == "aftercare" and len(parts) > 1 else ""


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _for_types(line: ast.stmt) -> bool:
    return isinstance(line, ast.If) and "TYPE_CHECKING" in ast.unparse(line.test)


def _opens_scope(line: ast.stmt) -> bool:
    return isinstance(line, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
