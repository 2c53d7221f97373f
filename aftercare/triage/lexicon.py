"""Finds the words of one vocabulary in a text, also where they are misspelt."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
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
    """The words that a written word may stand for; `guesses` only if it is misspelt."""

    sure: tuple[str, ...]
    guesses: tuple[str, ...] = ()


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
            if len(word) >= SHORTEST_MISSPELT:
                self._near[word[0], len(word)].append(word)
        self._shortest_start = min(map(len, self._starts), default=1)
        # Most words begin like no beginning at all: they are told by their first letters.
        self._lengths: dict[str, set[int]] = defaultdict(set)
        for start in self._starts:
            self._lengths[start[: self._shortest_start]].add(len(start))
        self.readings = lru_cache(maxsize=20_000)(self._readings)
        self._known = lru_cache(maxsize=20_000)(self._knows)

    def sound(self, form: str) -> str:
        """`form` as it sounds, where the locale's letters are taken for one another."""
        for written, heard in self._sounds:
            form = form.replace(written, heard)
        return form

    def knows(self, unit: Unit) -> bool:
        """Whether the vocabulary holds this very word, or a beginning of it (`hurt*`)."""
        return self._known(unit.form, unit.accented)

    def _knows(self, form: str, accented: str) -> bool:
        form = self.sound(form)
        if form in self._words or self._key(accented) in self._spelled:
            return True
        return any(form[:n] in self._starts for n in range(SHORTEST_KNOWN, len(form) + 1))

    def find(self, units: Sequence[Unit]) -> dict[Item, list[Occurrence]]:
        """Every item in the text, with its places in order."""
        bare = not (self._accents and shows_tones(units))
        readings = [self.readings(u.form, u.accented, bare) for u in units]
        forms = [r.sure + r.guesses for r in readings]
        found: dict[Item, list[Occurrence]] = defaultdict(list)
        for place, read in enumerate(readings):
            following = forms[place + 1] if place + 1 < len(forms) else ()
            for form in forms[place]:
                for phrase, items in self._candidates(form, following):
                    end = place + len(phrase)
                    if not _follow(phrase, forms, place):
                        continue
                    if units[place].sentence != units[end - 1].sentence:
                        continue
                    here = Occurrence(place, end, form in read.guesses)
                    for item in items:
                        _add(found[item], here)
        return found

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

    def _candidates(
        self, form: str, following: tuple[str, ...]
    ) -> Iterable[tuple[Phrase, list[Item]]]:
        if by_second := self._first.get(form):
            for second in (ALONE, ANY, *following):
                yield from by_second.get(second, {}).items()
        for length in self._lengths.get(form[: self._shortest_start], ()):
            if length <= len(form) and (starting := self._starts.get(form[:length])):
                yield from starting.items()

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
        if not self._fuzzy or not self._words.isdisjoint(sure):
            return Readings(tuple(dict.fromkeys(sure)))
        return Readings(tuple(dict.fromkeys(sure)), tuple(self._misspelt(own)))

    def _misspelt(self, form: str) -> list[str]:
        if len(form) < SHORTEST_MISSPELT or len(form) > 25 or not form.isalpha():
            return []
        if any(word in self._starts for word in (form[:n] for n in range(4, len(form)))):
            return []
        slips = 1 if len(form) < 8 else 2
        lengths = range(
            max(len(form) - slips, SHORTEST_MISSPELT if slips == 1 else 8), len(form) + slips + 1
        )
        near = [
            (distance, word)
            for length in lengths
            for word, distance, _ in process.extract(
                form,
                self._near.get((form[0], length), ()),
                scorer=OSA.distance,
                processor=None,
                score_cutoff=slips,
                limit=None,
            )
            if word != form
        ]
        # The nearest first, and equally near ones by the alphabet: always the same four.
        return [word for _, word in sorted(near)][:4]


def _second(words: Phrase) -> str:
    if len(words) == 1:
        return ALONE
    return ANY if words[1].endswith("*") else words[1]


def _follow(phrase: Phrase, forms: Sequence[tuple[str, ...]], place: int) -> bool:
    if place + len(phrase) > len(forms):
        return False
    return all(_is(word, forms[place + i]) for i, word in enumerate(phrase[1:], start=1))


def _is(word: str, readings: tuple[str, ...]) -> bool:
    if word.endswith("*"):
        return any(form.startswith(word[:-1]) for form in readings)
    return word in readings


def _add(places: list[Occurrence], here: Occurrence) -> None:
    seen = any(o.start == here.start and o.end == here.end for o in places[-4:])
    if not seen and len(places) < MOST_OCCURRENCES:
        places.append(here)
