"""The notation in which a clinician writes down how people say a thing.

chest pain              these words, one after the other
breath*                 any word that begins so
{chest}                 any of the words listed under `classes: chest:`
(cant|can not) breathe  one of these; `(in (my|the) head|out)` may hold others
my? chest               `my` may be missing
cant .. breathe         up to three other words between
{chest} & {hurt}        both, in any order, near each other
jaw && sweat*           both, in any order, up to fifteen words or a sentence apart
^stop    =stop          the text begins so; the text is nothing else
no$                     a pause, or the end of the sentence, follows
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

from aftercare.triage.fold import pieces

type Phrase = tuple[str, ...]
"""Words that follow one another; a word may end in `*`."""


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """Any one of several phrases; the same phrases are always the same item (`item_of`)."""

    phrases: frozenset[Phrase]


@cache
def item_of(phrases: frozenset[Phrase]) -> Item:
    """The one item of these phrases, told from others by identity: it is a key everywhere."""
    return Item(phrases)


@dataclass(frozen=True, slots=True)
class Pattern:
    """Segments that all have to be found near each other, in any order.

    A segment is a row of items, each with the words that may stand before it.
    """

    source: str
    segments: tuple[tuple[tuple[Item, bool], ...], ...]
    anchored: str = ""
    far: bool = False


class PatternError(ValueError):
    """A pattern that cannot be read; says which and why."""


_GROUP = r"\((?P<any>(?:[^()]|\([^()]*\))*)\)"
_ALTERNATIVE = re.compile(r"(?:[^()|]|\([^()]*\)\??)+")
_INNER = re.compile(r"\(([^()]*)\)(\??)")
_PART = re.compile(_GROUP + r"|\{(?P<name>\w+)\}|(?P<gap>\.\.)|(?P<word>[^\s(){}]+)")


def parse(source: str, classes: Mapping[str, Sequence[str]]) -> Iterator[Pattern]:
    """Read one pattern; a `?` makes two of it."""
    anchored = source[0] if source[:1] in ("^", "=") else "$" if source.endswith("$") else ""
    body = source.removeprefix(anchored).removesuffix("$").strip()
    if not body:
        raise PatternError(f"empty pattern: {source!r}")
    segments = [list(_segment(part, classes)) for part in re.split("&&?", body)]
    for choice in product(*segments):
        if not any(choice):
            raise PatternError(f"nothing is left when the optional words are: {source!r}")
        yield Pattern(source, tuple(s for s in choice if s), anchored, "&&" in body)


def phrase(source: str) -> Phrase:
    """The words of a plain phrase (the characters, in a script without spaces)."""
    return pieces(source)


def _segment(
    body: str, classes: Mapping[str, Sequence[str]]
) -> Iterator[tuple[tuple[Item, bool], ...]]:
    parts = list(_parts(body, classes))
    optional = [i for i, (_, _, maybe) in enumerate(parts) if maybe]
    for keep in product((True, False), repeat=len(optional)):
        dropped = {i for i, kept in zip(optional, keep, strict=True) if not kept}
        yield _joined([p for i, p in enumerate(parts) if i not in dropped])


def _parts(body: str, classes: Mapping[str, Sequence[str]]) -> Iterator[tuple[Item, bool, bool]]:
    gap, end = False, 0
    for found in _PART.finditer(body):
        if body[end : found.start()].strip():
            raise PatternError(f"cannot be read: {body!r}")
        end = found.end()
        if found["gap"]:
            gap = True
            continue
        maybe = body[end : end + 1] == "?" or (found["word"] or "").endswith("?")
        end += body[end : end + 1] == "?"
        yield item_of(frozenset(_phrases(found, classes, body))), gap, maybe
        gap = False
    if body[end:].strip():
        raise PatternError(f"cannot be read: {body!r}")


def _phrases(
    found: re.Match[str], classes: Mapping[str, Sequence[str]], body: str
) -> Iterator[Phrase]:
    if found["word"]:
        sources: Sequence[str] = [found["word"].removesuffix("?")]
    elif found["any"] is not None:
        sources = [each for a in _ALTERNATIVE.findall(found["any"]) for each in _spelled_out(a)]
    elif found["name"] in classes:
        sources = classes[found["name"]]
    else:
        raise PatternError(f"no class named {found['name']!r} in {body!r}")
    for source in sources:
        if nested := re.fullmatch(r"\{(\w+)\}", source.strip()):
            yield from (phrase(s) for s in classes[nested[1]])
        elif words := phrase(source):
            yield words


def _spelled_out(alternative: str) -> Iterator[str]:
    """`in (my|the)? head`: every phrase that an alternative with others in it stands for."""
    inner = _INNER.search(alternative)
    if not inner:
        yield alternative
        return
    for each in [*inner[1].split("|"), *([""] if inner[2] else [])]:
        yield from _spelled_out(alternative[: inner.start()] + each + alternative[inner.end() :])


def _joined(parts: list[tuple[Item, bool, bool]]) -> tuple[tuple[Item, bool], ...]:
    """Put plain words that follow one another together: one look-up instead of several."""
    joined: list[tuple[Item, bool]] = []
    for item, gap, _ in parts:
        if joined and not gap and len(item.phrases) == 1 and len(joined[-1][0].phrases) == 1:
            (left,), (right,) = joined[-1][0].phrases, item.phrases
            joined[-1] = item_of(frozenset({left + right})), joined[-1][1]
        else:
            joined.append((item, gap))
    return tuple(joined)
