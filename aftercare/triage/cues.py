"""Weighs what stands around a match: denied, over, long past, only supposed, another's."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from aftercare.triage.fold import Unit
from aftercare.triage.matcher import Match
from aftercare.triage.vocabulary import Vocabulary

# How far a cue reaches, in words.
DENIAL, JUST, AFTER, OVER, OTHER = 6, 1, 3, 7, 9
# The same, between the words of what it bears on.
INSIDE = 3


class Verdict(StrEnum):
    """What the surroundings make of a match."""

    STANDS = "stands"
    DENIED = "denied"
    RESOLVED = "resolved"
    PAST = "past"
    HYPOTHETICAL = "hypothetical"
    OTHER = "another person"
    IDIOM = "idiom"


@dataclass(frozen=True)
class Weighed:
    """A match, what became of it, and the cues that decided."""

    match: Match
    verdict: Verdict
    cues: tuple[Match, ...] = ()


class Surroundings:
    """The cues of one text in one vocabulary."""

    def __init__(
        self,
        matches: Iterable[Match],
        units: Sequence[Unit],
        vocabulary: Vocabulary,
        asks: bool,
    ) -> None:
        self._units = units
        self._asks = asks
        self._joiners = vocabulary.words("joiners")
        self._scale = vocabulary.scale
        # Where a comma ends a denial, a list of denials is written in another way.
        self._ends_at_pause = bool(vocabulary.content.get("denial_ends_at_pause", False))
        self._cues: dict[str, list[Match]] = defaultdict(list)
        for match in matches:
            if match.section == "cues":
                self._cues[match.name].append(match)
        self._breaks = self._places("breaks", vocabulary)
        self._stops = self._places("stops", vocabulary)
        self._drop_false_denials()

    def weigh(self, matches: Iterable[Match]) -> list[Weighed]:
        """Each match with its verdict; in the order of the text, for lists of denials."""
        weighed: list[Weighed] = []
        for match in sorted(matches, key=lambda m: (m.start, m.end)):
            weighed.append(self._weigh(match, weighed))
        return weighed

    def _weigh(self, match: Match, earlier: Sequence[Weighed]) -> Weighed:
        for verdict, cues in (
            (Verdict.IDIOM, self._idiom(match)),
            (Verdict.DENIED, self._denied(match) or self._listed(match, earlier)),
            (Verdict.HYPOTHETICAL, self._hypothetical(match)),
            (Verdict.OTHER, self._another(match)),
            (Verdict.PAST, self._past(match)),
            (Verdict.RESOLVED, self._resolved(match)),
        ):
            if cues:
                return Weighed(match, verdict, cues)
        return Weighed(match, Verdict.STANDS)

    def _idiom(self, match: Match) -> tuple[Match, ...]:
        """A saying, or words that only look like this very red flag."""
        cues = self._cues["idiom"] + self._cues[f"not_meant.{match.name}"]
        return tuple(c for c in cues if c.overlaps(match))[:1]

    def _denied(self, match: Match) -> tuple[Match, ...]:
        for name, reach in (("denied.before", DENIAL), ("denied.just_before", JUST)):
            for cue in self._cues[name]:
                if self._opens(cue, match) or self._reaches(cue, match, reach, stops=True):
                    return (cue,)
        for cue in self._cues["denied.after"]:
            if self._follows(cue, match, AFTER):
                return (cue,)
        return tuple(c for c in self._cues["denied.closing"] if self._closes(c, match))[:1]

    def _closes(self, cue: Match, match: Match) -> bool:
        """`falta de aire no, falta de dinero si`: the `no` ends the clause it denies."""
        if self._asks or cue.sentence != match.sentence or cue.start != match.end:
            return False
        if self._units[cue.start].after_pause:
            return False
        rest = self._units[cue.end : cue.end + 1]
        return not rest or rest[0].after_pause or rest[0].sentence != cue.sentence

    def _listed(self, match: Match, earlier: Sequence[Weighed]) -> tuple[Match, ...]:
        """A list of denials: `no chest pain, fever or bleeding`."""
        for other in earlier:
            if other.verdict is not Verdict.DENIED or other.match.sentence != match.sentence:
                continue
            if other.cues[0].start >= other.match.end:
                continue  # `fever no, chills yes`: what follows denies only what it follows.
            between = self._units[other.match.end : match.start]
            joined = all(u.form in self._joiners for u in between)
            comma = self._units[match.start].after_pause and not self._ends_at_pause
            listed = joined and (between or (comma and self._list_goes_on(match)))
            if other.match.end <= match.start and listed:
                return other.cues
        return ()

    def _list_goes_on(self, match: Match) -> bool:
        """Whether nothing after the match says that this one is there."""
        return not any(
            cue.sentence == match.sentence and 0 <= cue.start - match.end <= 4
            for cue in self._cues["now"]
        )

    def _hypothetical(self, match: Match) -> tuple[Match, ...]:
        if self._now(match, "now"):
            return ()
        for cue in self._cues["hypothetical"]:
            if self._leads(cue, match):
                return (cue,)
        supposing = [c for c in self._cues["supposing"] if self._leads(c, match)]
        asking = [c for c in self._cues["asking"] if not c.overlaps(match)]
        if supposing and (asking or self._asks):
            return (supposing[0], *asking[:1])
        return ()

    def _another(self, match: Match) -> tuple[Match, ...]:
        for cue in self._cues["other"]:
            if cue.overlaps(match) and not self._is_own(match):
                return (cue,)
            if self._precedes(cue, match, OTHER) and not self._self_between(cue, match):
                return (cue,)
        return ()

    def _past(self, match: Match) -> tuple[Match, ...]:
        if self._now(match):
            return ()
        near = [c for c in self._cues["past"] if c.sentence == match.sentence]
        clause = [c for c in self._cues["past_clause"] if c.sentence == match.sentence]
        near += [c for c in clause if not self._apart(c, match)]
        return tuple(c for c in near if not self._broken(c, match))[:1]

    def _resolved(self, match: Match) -> tuple[Match, ...]:
        after = [c for c in self._cues["resolved.after"] if self._over(c, match)]
        if after:
            return () if self._back_after(after[-1], match) else (after[0],)
        for cue in self._cues["resolved.before"]:
            if self._precedes(cue, match, AFTER) and not self._now(match):
                return (cue,)
        return ()

    def _over(self, cue: Match, match: Match) -> bool:
        """`had chest pain but it's gone`, `had chest pain. gone now`."""
        gap = cue.start - match.end
        near = 0 <= gap <= OVER * self._scale
        return near and cue.sentence - match.sentence <= 1 and not cue.overlaps(match)

    def _back_after(self, cue: Match, match: Match) -> bool:
        """`it went away but now it's back`."""
        return any(c.start >= cue.end for c in self._cues["again"])

    def _now(self, match: Match, *names: str) -> bool:
        """Whether the match's own clause says that it is of now."""
        return any(
            cue.sentence == match.sentence
            and not cue.overlaps(match)
            and not self._broken(cue, match)
            and not self._apart(cue, match)
            for name in names or ("now", "again")
            for cue in self._cues[name]
        )

    def _apart(self, left: Match, right: Match) -> bool:
        start, end = sorted((left, right), key=lambda m: m.start)
        return any(u.after_pause for u in self._units[start.end : end.start + 1])

    def _self_between(self, cue: Match, match: Match) -> bool:
        return self._is_own(match) or any(
            cue.end <= c.start < match.start for c in self._cues["self"]
        )

    def _is_own(self, match: Match) -> bool:
        return any(match.covers(c.start) for c in self._cues["self"])

    def _leads(self, cue: Match, match: Match) -> bool:
        if cue.sentence != match.sentence or cue.start >= match.start:
            return False
        return not self._broken(cue, match)

    def _reaches(self, cue: Match, match: Match, reach: int, stops: bool = False) -> bool:
        """Whether a cue bears on any part of the match that follows it."""
        if cue.overlaps(match):
            return False
        if cue.start > match.start:
            reach = max(reach, INSIDE)
        return any(
            0 <= part.start - cue.end <= reach * self._scale
            and self._units[part.start].sentence == cue.sentence
            and not any(at in self._breaks for at in range(cue.end, part.start))
            and not (stops and self._stopped(cue, part.start))
            for part in match.parts
        )

    def _precedes(self, cue: Match, match: Match, reach: int) -> bool:
        """Whether a cue bears on the match as a whole, from before it or inside a short one."""
        if cue.sentence != match.sentence or cue.overlaps(match):
            return False
        if match.start < cue.start:
            return cue.end <= match.end <= match.start + reach
        return cue.end + reach * self._scale >= match.start and not self._broken(cue, match)

    def _opens(self, cue: Match, match: Match) -> bool:
        """`no me` denies `me duele`: the match begins inside its denial."""
        return cue.start < match.start < cue.end < match.end

    def _stopped(self, cue: Match, place: int) -> bool:
        """`no, my chest hurts` denies nothing: the `no` was an answer."""
        between = self._units[cue.end : place + 1]
        if between and between[0].after_pause:
            return True
        if self._ends_at_pause and any(unit.after_pause for unit in between):
            return True
        return any(at in self._stops for at in range(cue.end, place + 1))

    def _follows(self, cue: Match, match: Match, reach: int) -> bool:
        gap = cue.start - match.end
        near = 0 <= gap <= reach * self._scale and not cue.overlaps(match)
        return near and cue.sentence - match.sentence <= 1 and not self._broken(match, cue)

    def _broken(self, left: Match, right: Match) -> bool:
        start, end = sorted((left, right), key=lambda m: m.start)
        return any(place in self._breaks for place in range(start.end, end.start))

    def _places(self, name: str, vocabulary: Vocabulary) -> frozenset[int]:
        """Where the words listed under `name` stand, and the cues that are called so."""
        listed = vocabulary.words(name)
        words = {place for place, unit in enumerate(self._units) if unit.form in listed}
        return frozenset(words.union(*(range(c.start, c.end) for c in self._cues[name])))

    def _drop_false_denials(self) -> None:
        """`not only`, `no appetite`: look like denials, `has not passed` like an end; none is."""
        false = self._cues["not_denied"]
        for name in ("denied.before", "denied.just_before", "denied.after"):
            self._cues[name] = [
                cue
                for cue in self._cues[name]
                if not any(f.overlaps(cue) for f in false)
                and not (name != "denied.after" and self._paused(cue))
            ]
        unresolved = self._cues["not_resolved"]
        for name in ("resolved.before", "resolved.after"):
            self._cues[name] = [
                cue for cue in self._cues[name] if not any(u.overlaps(cue) for u in unresolved)
            ]

    def _paused(self, cue: Match) -> bool:
        """`no, me duele` holds no `no me`: the `no` was an answer."""
        return any(unit.after_pause for unit in self._units[cue.start + 1 : cue.end])


def standing(weighed: Iterable[Weighed]) -> Iterator[Match]:
    """The matches that nothing around them sets aside."""
    return (w.match for w in weighed if w.verdict is Verdict.STANDS)
