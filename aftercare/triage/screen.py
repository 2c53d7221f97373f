"""The screen: what the vocabularies of all languages find in one text."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from aftercare.triage.answers import Heard
from aftercare.triage.cues import Verdict, Weighed
from aftercare.triage.fold import words
from aftercare.triage.listener import Hearing, Listener, spoken, weigh
from aftercare.triage.matcher import Match
from aftercare.triage.measures import IN_GRAMS
from aftercare.triage.numbers import find_numbers
from aftercare.triage.vocabulary import Vocabulary

# Wants that hold whenever they began: "I have had this number since last year".
# A death is past, too; but not another person's.
_OF_THE_PAST = {Verdict.PAST, Verdict.RESOLVED}
_AT_ANY_TIME = {
    "wrong_number": {*_OF_THE_PAST, Verdict.OTHER},
    "opt_out": {*_OF_THE_PAST, Verdict.OTHER},
    "deceased": _OF_THE_PAST,
}
# What two languages may find in the same words.
_JUDGED_ONCE = {"concepts", "needs", "wants"}
# How much more of a text's words a language knows than another, to have them for its own.
CLEARLY = 0.1


@dataclass(frozen=True)
class Screened:
    """What the vocabularies found in a text, in all its languages."""

    heard: Heard
    asks: bool

    def named(self, section: str) -> Iterator[Weighed]:
        return (w for w in self.heard.weighed if w.match.section == section)

    def standing(self, section: str) -> Iterator[str]:
        return (
            w.match.name
            for w in self.named(section)
            if w.verdict is Verdict.STANDS or w.verdict in _AT_ANY_TIME.get(w.match.name, ())
        )


class Screen:
    """Every vocabulary, compiled."""

    def __init__(self, vocabularies: Iterable[Vocabulary]) -> None:
        self._listeners = [Listener(v) for v in vocabularies]
        self._numbers = _number_words(listener.vocabulary for listener in self._listeners)

    @property
    def locales(self) -> tuple[str, ...]:
        return tuple(listener.locale for listener in self._listeners)

    def hear(self, text: str, locale: str) -> Screened:
        """What is in a clean text, each find weighed by what stands around it."""
        units = words(text)
        hearings = spoken(
            (x.hear(units) for x in self._listeners),
            locale,
        )
        asks = any(mark in text for mark in "?？؟")
        best_first = sorted(hearings, key=lambda h: (-h.share, not _enrolled(h, locale)))
        weighed = _judged_once((h, weigh(h, _cues(h, hearings, locale), asks)) for h in best_first)
        numbers = find_numbers(units, *self._numbers)
        grams = locale.partition("-")[0] in IN_GRAMS
        return Screened(Heard(text, units, weighed, numbers, grams), asks)


def _judged_once(hearings: Iterable[tuple[Hearing, Sequence[Weighed]]]) -> list[Weighed]:
    """What each hearing found, less what one that knows the text better has judged."""
    kept: list[Weighed] = []
    better: list[Hearing] = []
    for hearing, weighed in hearings:
        kept += [w for w in weighed if not _judged(w.match, hearing, kept, better)]
        better.append(hearing)
    return kept


def _judged(
    match: Match, hearing: Hearing, kept: Sequence[Weighed], better: Sequence[Hearing]
) -> bool:
    """The same find in the same words; or words that are another language's own.

    `i can do` is bleeding in Vietnamese without its marks, and nothing in an English text.
    """
    if match.section not in _JUDGED_ONCE:
        return False
    places = [place for part in match.parts for place in range(part.start, part.end)]
    for other in better:
        sure = len(places) == 1 or other.share - hearing.share >= CLEARLY
        if sure and all(place in other.known for place in places):
            return True
    return any(_same(match, k.match) for k in kept)


def _same(match: Match, judged: Match) -> bool:
    return (
        match.locale != judged.locale
        and (match.section, match.name) == (judged.section, judged.name)
        and match.overlaps(judged)
    )


def _cues(hearing: Hearing, hearings: Sequence[Hearing], locale: str) -> list[Match]:
    """The cues that bear on a hearing: its own, and those of the languages spoken.

    Words that the hearing knows itself are for its own vocabulary to judge: `nada` denies
    in Portuguese what it only stresses in Spanish. The patient's language may judge all.
    """
    return [
        match
        for other in hearings
        if other is hearing or (other.trusted and other.units is hearing.units)
        for match in other.matches
        if match.section == "cues"
        if other is hearing
        or other.share > hearing.share
        or (other.share == hearing.share and _enrolled(other, locale))
        or not hearing.knows(match)
    ]


def _enrolled(hearing: Hearing, locale: str) -> bool:
    base, _, _ = hearing.vocabulary.locale.partition("-")
    return base == locale.partition("-")[0]


def _number_words(
    vocabularies: Iterable[Vocabulary],
) -> tuple[dict[str, float], dict[str, str], frozenset[str], frozenset[str]]:
    numbers: dict[str, float] = {}
    units: dict[str, str] = {}
    over: set[str] = set()
    point: set[str] = set()
    for vocabulary in vocabularies:
        numbers |= {str(k): float(v) for k, v in vocabulary.mapping("numbers").items()}
        units |= {str(k): str(v) for k, v in vocabulary.mapping("units").items()}
        over |= vocabulary.words("over")
        point |= vocabulary.words("point")
    return numbers, units, frozenset(over), frozenset(point)
