"""Finds every pattern of one vocabulary in a text."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from aftercare.triage.fold import Unit
from aftercare.triage.lexicon import Lexicon, Occurrence
from aftercare.triage.patterns import Item, Pattern
from aftercare.triage.vocabulary import Vocabulary

type Segment = tuple[tuple[Item, bool], ...]
type Places = Mapping[Item, list[Occurrence]]

# How many words `..` may skip, and how many may stand between the parts of `&` and `&&`.
GAP, NEAR, FAR = 3, 5, 15
MOST_MATCHES = 60


@dataclass(frozen=True, slots=True)
class Match:
    """A pattern found: under which section and name, and which units it covers."""

    section: str
    name: str
    locale: str
    pattern: str
    start: int
    end: int
    parts: tuple[Occurrence, ...]
    sentence: int

    def covers(self, place: int) -> bool:
        """Whether the word at `place` is one of the match's own."""
        return any(o.start <= place < o.end for o in self.parts)

    def overlaps(self, other: "Match") -> bool:
        """Whether the two share a word."""
        return any(a.start < b.end and b.start < a.end for a in self.parts for b in other.parts)

    @property
    def misspelt(self) -> bool:
        return any(o.misspelt for o in self.parts)


class Matcher:
    """All patterns of one vocabulary, indexed by the item that is seen least often."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.locale = vocabulary.locale
        named = list(vocabulary.patterns())
        rarity: dict[Item, int] = defaultdict(int)
        for _, _, pattern in named:
            for item in _items(pattern):
                rarity[item] += len(item.phrases)
        self.lexicon = Lexicon(
            rarity,
            sounds=vocabulary.sounds,
            spelled=vocabulary.mapping("spelled"),
            clitics=vocabulary.content.get("clitics", ()),
            known=[*vocabulary.words("common"), *vocabulary.words("breaks")],
            fuzzy=vocabulary.script == "words",
            accents=bool(vocabulary.content.get("accents", False)),
        )
        self._by_item: dict[Item, list[tuple[str, str, Pattern, tuple[Item, ...]]]] = {}
        for section, name, pattern in named:
            rarest = min(_items(pattern), key=lambda item: rarity[item])
            others = tuple(dict.fromkeys(i for i in _items(pattern) if i is not rarest))
            self._by_item.setdefault(rarest, []).append((section, name, pattern, others))
        scale = vocabulary.scale
        self._gap, self._near, self._far = GAP * scale, NEAR * scale, FAR * scale

    def find(self, units: Sequence[Unit]) -> list[Match]:
        """Every match in the text, in no particular order."""
        places = self.lexicon.find(units)
        return [
            match
            for item in places
            for section, name, pattern, others in self._by_item.get(item, ())
            if not others or all(other in places for other in others)
            for match in self._matches(section, name, pattern, places, units)
        ]

    def _matches(
        self, section: str, name: str, pattern: Pattern, places: Places, units: Sequence[Unit]
    ) -> Iterator[Match]:
        for count, parts in enumerate(self._placed(pattern, places, units)):
            if count == MOST_MATCHES:
                return
            start, end = min(p.start for p in parts), max(p.end for p in parts)
            if _stands(pattern, start, end, units) and not _guessed(parts, units):
                yield Match(
                    section,
                    name,
                    self.locale,
                    pattern.source,
                    start,
                    end,
                    parts,
                    units[start].sentence,
                )

    def _placed(
        self, pattern: Pattern, places: Places, units: Sequence[Unit]
    ) -> Iterator[tuple[Occurrence, ...]]:
        rows = [list(self._rows(segment, places, units)) for segment in pattern.segments]
        if len(rows) == 1:
            yield from rows[0]
        else:
            yield from self._together(rows, (), units, pattern.far)

    def _rows(
        self, segment: Segment, places: Places, units: Sequence[Unit]
    ) -> Iterator[tuple[Occurrence, ...]]:
        rows: list[tuple[Occurrence, ...]] = [(o,) for o in places[segment[0][0]]]
        for item, gap in segment[1:]:
            reach = self._gap if gap else 0
            rows = [
                (*row, o)
                for row in rows
                for o in places[item]
                if 0 <= o.start - row[-1].end <= reach
                and units[o.start].sentence == units[row[-1].start].sentence
            ][:MOST_MATCHES]
        yield from rows

    def _together(
        self,
        rows: list[list[tuple[Occurrence, ...]]],
        taken: tuple[Occurrence, ...],
        units: Sequence[Unit],
        far: bool,
    ) -> Iterator[tuple[Occurrence, ...]]:
        if not rows:
            yield taken
            return
        for row in rows[0]:
            if not taken or self._close(row, taken, units, far):
                yield from self._together(rows[1:], taken + row, units, far)

    def _close(
        self,
        row: tuple[Occurrence, ...],
        taken: tuple[Occurrence, ...],
        units: Sequence[Unit],
        far: bool,
    ) -> bool:
        """Near the nearest part, in the same sentence unless `far`, and not the same words."""
        apart = abs(units[row[0].start].sentence - units[taken[0].start].sentence)
        if apart > (1 if far else 0):
            return False
        gaps = [max(row[0].start - t.end, t.start - row[-1].end) for t in taken]
        return all(g >= 0 for g in gaps) and min(gaps) <= (self._far if far else self._near)


def _items(pattern: Pattern) -> Iterator[Item]:
    return (item for segment in pattern.segments for item, _ in segment)


def _stands(pattern: Pattern, start: int, end: int, units: Sequence[Unit]) -> bool:
    match pattern.anchored:
        case "=":
            return start == 0 and end == len(units)
        case "^":
            return start == 0
        case "$":
            return end == len(units) or _pauses(units[end - 1], units[end])
    return True


def _pauses(left: Unit, right: Unit) -> bool:
    return right.after_pause or right.sentence != left.sentence


def _guessed(parts: tuple[Occurrence, ...], units: Sequence[Unit]) -> bool:
    """One short word alone is not taken for another: nothing else speaks for it."""
    if not all(p.misspelt for p in parts):
        return False
    return sum(p.end - p.start for p in parts) == 1 and len(units[parts[0].start].form) < 8
