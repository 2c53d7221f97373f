"""Finds the words of one vocabulary in a text, also where they are misspelt."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from aftercare.triage.fold import Unit, fold
from aftercare.triage.patterns import Item, Phrase
from aftercare.triage.tones import shows_tones, toned

# Shorter words have too many innocent neighbours ("pain", "paint").
SHORTEST_MISSPELT = 5
# A shorter beginning is one of many words in every language.
SHORTEST_KNOWN = 4
# A word repeated more often than this in one text adds nothing but time.
MOST_OCCURRENCES = 40
# Second words of phrases: none at all, and any that begins so.
ALONE, ANY = "", "*"


@dataclass(frozen=True, slots=True)
class Readings:
    """The words that a written word may stand for, some of them guessed if it is misspelt, and
    what begins with them."""

    forms: tuple[str, ...]
    openings: tuple["Opening", ...] = ()


@dataclass(frozen=True, slots=True)
class Opening:
    """The phrases that begin with a word: by their second word, and those that only begin so."""

    by_second: Mapping[str, Mapping[Phrase, Sequence[Item]]]
    starting: tuple[tuple[Phrase, Sequence[Item]], ...]
    guessed: bool


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Where an item stands, in units, and whether a misspelling was forgiven."""

    start: int
    end: int
    misspelt: bool


class Lexicon:
    """The phrases of one vocabulary, looked up by their first word."""

    def __init__(
        self,
        items: Iterable[Item],
        *,
        sounds: Sequence[tuple[str, str]] = (),
        spelled: Mapping[str, str] | None = None,
        clitics: Iterable[str] = (),
        known: Iterable[str] = (),
        fuzzy: bool = True,
        accents: bool = False,
    ) -> None:
        self._sounds = sounds
        self._heard = lru_cache(maxsize=20_000)(self._sound)
        self._accents = accents
        self._fuzzy = fuzzy
        self._clitics = tuple(sorted((fold(c) for c in clitics), key=len, reverse=True))
        self._spelled = {
            self._key(w): tuple(dict.fromkeys((self._word(m), self.sound(fold(m)))))
            for w, m in (spelled or {}).items()
        }
        # By the first word, then by the second: "no" begins a thousand phrases.
        self._first: dict[str, dict[str, dict[Phrase, list[Item]]]] = defaultdict(dict)
        self._starts: dict[str, dict[Phrase, list[Item]]] = defaultdict(dict)
        self._words: set[str] = {self.sound(fold(w)) for w in known}
        self._near: dict[tuple[str, int], list[str]] = defaultdict(list)
        for item in items:
            for phrase in item.phrases:
                self._add(phrase, item)
        for word in {w.rstrip("*") for w in self._words}:
            for length in _written(len(word)):
                self._near[word[0], length].append(word)
        self._shortest_start = min(map(len, self._starts), default=1)
        # Most words begin like no beginning at all: they are told by their first letters.
        self._lengths: dict[str, set[int]] = defaultdict(set)
        for start in self._starts:
            self._lengths[start[: self._shortest_start]].add(len(start))
        self.readings = lru_cache(maxsize=20_000)(self._readings)
        self.knows = lru_cache(maxsize=20_000)(self._knows)

    def sound(self, form: str) -> str:
        """`form` as it sounds, where the locale's letters are taken for one another."""
        return self._heard(form)

    def _sound(self, form: str) -> str:
        for written, heard in self._sounds:
            form = form.replace(written, heard)
        return form

    def _knows(self, form: str, accented: str) -> bool:
        """Whether the vocabulary holds this very word, or a beginning of it (`hurt*`)."""
        form = self.sound(form)
        if form in self._words or self._key(accented) in self._spelled:
            return True
        return any(form[:n] in self._starts for n in range(SHORTEST_KNOWN, len(form) + 1))

    def find(self, units: Sequence[Unit]) -> dict[Item, list[Occurrence]]:
        """Every item in the text, with its places in order."""
        bare = not (self._accents and shows_tones(units))
        readings = [self.readings(u.form, u.accented, bare) for u in units]
        found: dict[Item, list[Occurrence]] = defaultdict(list)
        for place, read in enumerate(readings):
            # Most words of a text open nothing in most languages.
            for opening in read.openings:
                self._found(place, opening, readings, units, found)
        return found

    def _found(
        self,
        place: int,
        opening: Opening,
        readings: Sequence[Readings],
        units: Sequence[Unit],
        found: dict[Item, list[Occurrence]],
    ) -> None:
        """Add what begins at `place` to what was `found`."""
        following = readings[place + 1].forms if place + 1 < len(readings) else ()
        for phrase, items in _candidates(opening, following):
            end = place + len(phrase)
            if len(phrase) > 1 and not (
                _follow(phrase, readings, place)
                and units[place].sentence == units[end - 1].sentence
            ):
                continue
            here = Occurrence(place, end, opening.guessed)
            for item in items:
                _add(found[item], here)

    def _add(self, phrase: Phrase, item: Item) -> None:
        words = tuple(self._word(w) for w in phrase)
        self._index(words, item)
        softer = tuple(self._word(w, "e") for w in phrase)
        if softer != words:
            self._index(softer, item)
        if self._accents:
            plain = tuple(self.sound(fold(w)) for w in phrase)
            if plain != words:
                self._index(plain, item)
        if len(words) == 2 and sum(map(len, words)) >= 7 and not any("*" in w for w in words):
            self._index(("".join(words),), item)

    def _index(self, words: Phrase, item: Item) -> None:
        self._words.update(w for w in words if not w.endswith("*"))
        if words[0].endswith("*"):
            self._words.add(words[0])
            self._starts[words[0].rstrip("*")].setdefault(words, []).append(item)
        else:
            second = self._first[words[0]].setdefault(_second(words), {})
            second.setdefault(words, []).append(item)

    def _word(self, word: str, vowel: str = "") -> str:
        """`word` as it sounds; a beginning (`pic*`) as it sounds before `vowel`."""
        if not word.endswith("*"):
            return toned(word.casefold()) if self._accents else self.sound(fold(word))
        start = word.removesuffix("*")
        if self._accents:
            return start.casefold() + "*"
        return self.sound(fold(start) + vowel).removesuffix(vowel) + "*"

    def _openings(self, sure: Sequence[str], guesses: Sequence[str]) -> Iterator[Opening]:
        for form in (*sure, *guesses):
            starting = [
                phrase
                for length in self._lengths.get(form[: self._shortest_start], ())
                if length <= len(form)
                for phrase in self._starts.get(form[:length], {}).items()
            ]
            by_second = self._first.get(form, {})
            if by_second or starting:
                yield Opening(by_second, tuple(starting), form in guesses)

    def _key(self, word: str) -> str:
        return word.casefold() if self._accents else self.sound(fold(word))

    def _readings(self, form: str, accented: str, bare: bool) -> Readings:
        """What a word may stand for; where texts may be `bare`, also any with its letters."""
        own = self.sound(form)
        sure = [own]
        if self._accents:
            sure = [toned(accented), *([own] if bare and accented == form else [])]
        sure += self._spelled.get(accented if self._accents else own, ())
        for clitic in self._clitics:
            if own.startswith(clitic) and len(own) - len(clitic) >= 2:
                sure.append(own.removeprefix(clitic))
        known = not self._fuzzy or not self._words.isdisjoint(sure)
        guesses = [] if known else self._misspelt(own)
        sure = list(dict.fromkeys(sure))
        return Readings((*sure, *guesses), tuple(self._openings(sure, guesses)))

    def _misspelt(self, form: str) -> list[str]:
        if len(form) < SHORTEST_MISSPELT or len(form) > 25 or not form.isalpha():
            return []
        if any(word in self._starts for word in (form[:n] for n in range(4, len(form)))):
            return []
        near = [
            (distance, word)
            for word, distance, _ in process.extract(
                form,
                self._near.get((form[0], len(form)), ()),
                scorer=OSA.distance,
                processor=None,
                score_cutoff=_slips(len(form)),
                limit=None,
            )
            if word != form
        ]
        # The nearest first, and equally near ones by the alphabet: always the same four.
        return [word for _, word in sorted(near)][:4]


def _slips(length: int) -> int:
    """How many slips a word of so many letters may hold."""
    return 1 if length < 8 else 2


def _written(length: int) -> Iterator[int]:
    """How many letters a misspelling of a word with so many letters may have."""
    for written in range(max(length - 2, SHORTEST_MISSPELT), length + 3):
        slips = _slips(written)
        shortest = SHORTEST_MISSPELT if slips == 1 else 8
        if abs(written - length) <= slips and length >= max(written - slips, shortest):
            yield written


def _candidates(
    opening: Opening, following: Sequence[str]
) -> Iterator[tuple[Phrase, Sequence[Item]]]:
    if by_second := opening.by_second:
        for second in (ALONE, ANY, *following):
            if second in by_second:
                yield from by_second[second].items()
    yield from opening.starting


def _second(words: Phrase) -> str:
    if len(words) == 1:
        return ALONE
    return ANY if words[1].endswith("*") else words[1]


def _follow(phrase: Phrase, readings: Sequence[Readings], place: int) -> bool:
    if place + len(phrase) > len(readings):
        return False
    return all(_is(word, readings[place + i].forms) for i, word in enumerate(phrase) if i)


def _is(word: str, forms: tuple[str, ...]) -> bool:
    if word.endswith("*"):
        return any(form.startswith(word[:-1]) for form in forms)
    return word in forms


def _add(places: list[Occurrence], here: Occurrence) -> None:
    # The phrases of one item that stand in the same words are added one after another.
    for seen in places[-4:]:
        if seen.start == here.start and seen.end == here.end:
            return
    if len(places) < MOST_OCCURRENCES:
        places.append(here)
