"""Hears one text with one vocabulary: matches, weighed by what stands around them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from aftercare.triage.cues import Surroundings, Weighed
from aftercare.triage.fold import Unit
from aftercare.triage.matcher import Match, Matcher
from aftercare.triage.vocabulary import Vocabulary

# Below this share of the best-known language's words, a text is not in a language.
FOREIGN = 0.6
# What the cues of a text's own language may bear on is weighed with that language.
_WEIGHED = ("concepts", "needs", "wants", "measures", "answers", "calm", "doubt")


@dataclass(frozen=True)
class Hearing:
    """A text as heard with one vocabulary, before its cues are weighed."""

    vocabulary: Vocabulary
    units: Sequence[Unit]
    matches: Sequence[Match]
    share: float
    known: frozenset[int] = frozenset()
    trusted: bool = True
    own: bool = True
    """Whether it is the language the patient is texted in."""
    outdone: bool = False
    """Whether another language knows more of the text's words."""

    def knows(self, match: Match) -> bool:
        """Whether every word that `match` spans is a word of this vocabulary."""
        return all(place in self.known for place in range(match.start, match.end))


class Listener:
    """One vocabulary, compiled."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._matcher = Matcher(vocabulary)
        self._script = frozenset(vocabulary.content.get("letters", ""))

    @property
    def locale(self) -> str:
        return self.vocabulary.locale

    def hear(self, units: Sequence[Unit]) -> Hearing:
        """Everything the vocabulary finds in `units`, and how much of the text it knows."""
        lettered = [place for place, u in enumerate(units) if u.form.isalpha()]
        knows = self._matcher.lexicon.knows
        known = frozenset([p for p in lettered if knows(units[p].form, units[p].accented)])
        share = len(known) / len(lettered) if lettered else 0.0
        return Hearing(self.vocabulary, units, self._matcher.find(units), share, known)


def spoken(hearings: Iterable[Hearing], locale: str) -> list[Hearing]:
    """The hearings, knowing which of them are in a language that the text is in."""
    hearings = list(hearings)
    best = max((h.share for h in hearings), default=0.0)
    return [
        replace(h, trusted=_spoken(h, best, locale), own=_own(h, locale), outdone=h.share < best)
        for h in hearings
    ]


def weigh(hearing: Hearing, cues: Iterable[Match], asks: bool) -> list[Weighed]:
    """The hearing's matches with their verdicts; `cues` are those of every language spoken."""
    matches = [m for m in hearing.matches if m.section in _WEIGHED and _believed(m, hearing)]
    if not matches:
        return []
    return Surroundings(cues, hearing.units, hearing.vocabulary, asks).weigh(matches)


def _spoken(hearing: Hearing, best: float, locale: str) -> bool:
    return hearing.share >= FOREIGN * best or _own(hearing, locale)


def _own(hearing: Hearing, locale: str) -> bool:
    return hearing.vocabulary.locale.split("-")[0] == locale.split("-", maxsplit=1)[0]


def _believed(match: Match, hearing: Hearing) -> bool:
    """Words of a language the text is not in count when they are several and exact."""
    single = len(match.parts) == 1
    if single and match.misspelt and not hearing.own:
        # `helo` is an English hello, not a Tagalog `hilo`: one guessed word says nothing of
        # which language it is.
        return False
    if not hearing.own and hearing.outdone and match.section in ("needs", "wants", "answers"):
        # `tell me about salt` asks no French-speaking nurse to telephone, and `can you help`
        # holds no Chinese yes.
        return False
    if hearing.trusted:
        return True
    length = sum(part.end - part.start for part in match.parts)
    return length >= 2 and not match.misspelt and match.section in ("concepts", "wants")
