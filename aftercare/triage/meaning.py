"""The screen's second opinion: what a text means, where none of its words is known.

Weights learned from labelled texts (`aftercare triage learn`) turn the words, the runs of
letters and the sentence vector of a text into the probability of each red flag, need and wish.
The encoder of the vector is a package; without it, or without weights, the screen reads by its
vocabulary alone.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aftercare.triage.features import BUCKETS, WIDTH, buckets, encoder_installed, vector

if TYPE_CHECKING:
    from aftercare.triage.features import Vectors

WEIGHTS = "meaning.npz"
# Shorter texts mean something only as an answer.
FEWEST_WORDS = 3
# How loud the sentence vector and the words speak beside each other.
VECTOR_WEIGHT, WORDS_WEIGHT = 4.0, 3.0


@dataclass(frozen=True)
class Meaning:
    """The learned weights: a row for each feature, a column for each class."""

    classes: tuple[str, ...]
    languages: frozenset[str]
    """What it was taught in; of other languages it knows little."""
    of_vector: "Vectors"
    of_words: "Vectors"
    scale: "Vectors"
    bias: "Vectors"

    @classmethod
    def load(cls, folder: Path) -> "Meaning | None":
        """The weights in `folder`; None where they or the encoder are not there."""
        file = folder / WEIGHTS
        if not file.exists() or not encoder_installed():
            return None
        import numpy as np

        vector("ready")  # The first text wakes the encoder, which takes most of a second.
        with np.load(file, allow_pickle=False) as kept:
            return cls(
                tuple(json.loads(str(kept["classes"]))),
                frozenset(json.loads(str(kept["languages"]))),
                kept["of_vector"].astype("f4"),
                kept["of_words"],
                kept["scale"],
                kept["bias"],
            )

    @classmethod
    def from_weights(
        cls,
        classes: Sequence[str],
        languages: Sequence[str],
        weights: "Vectors",
        bias: "Vectors",
    ) -> "Meaning":
        """Pack learned `weights` (features by classes): those of words in one byte each."""
        import numpy as np

        of_words = weights[WIDTH:]
        scale = np.maximum(np.abs(of_words).max(axis=0), 1e-9) / 127
        packed = np.round(of_words / scale).astype("i1")
        return cls(
            tuple(classes),
            frozenset(languages),
            weights[:WIDTH].astype("f4"),
            packed,
            scale.astype("f4"),
            bias.astype("f4"),
        )

    def guess(self, text: str, around: Sequence[str] = ()) -> Mapping[str, float]:
        """The probability of each class, given what is known around it (`Reader.around`)."""
        import numpy as np

        named = buckets(text, around)
        words = self.of_words[named].sum(axis=0, dtype="f4") * self.scale
        words *= WORDS_WEIGHT / max(len(named), 1) ** 0.5
        scores = np.asarray(vector(text.lower())) @ self.of_vector * VECTOR_WEIGHT
        scores = scores + words + self.bias
        likely = np.exp(scores - scores.max())
        return dict(zip(self.classes, (likely / likely.sum()).tolist(), strict=True))

    def save(self, folder: Path) -> Path:
        """Write the weights as the product reads them."""
        import numpy as np

        file = folder / WEIGHTS
        np.savez_compressed(
            file,
            classes=np.array(json.dumps(self.classes)),
            languages=np.array(json.dumps(sorted(self.languages))),
            of_vector=self.of_vector.astype("f2"),
            of_words=self.of_words,
            scale=self.scale,
            bias=self.bias,
        )
        return file


def features(texts: Sequence[str], around: Sequence[Sequence[str]]) -> Any:
    """The features of many texts as a sparse matrix, for learning. Needs scipy.

    The vector comes first, then the words, each weighed as `Meaning.guess` weighs them.
    """
    import numpy as np
    from scipy import sparse

    vectors = np.stack([np.asarray(vector(t.lower())) for t in texts]) * VECTOR_WEIGHT
    named = [buckets(text, names) for text, names in zip(texts, around, strict=True)]
    ends = np.cumsum([0, *map(len, named)])
    weight = [WORDS_WEIGHT / max(len(row), 1) ** 0.5 for row in named]
    values = np.repeat(np.array(weight, dtype="f4"), list(map(len, named)))
    words = sparse.csr_matrix(
        (values, np.concatenate([np.array(row, dtype="i4") for row in named]), ends),
        shape=(len(texts), BUCKETS),
    )
    return sparse.hstack([sparse.csr_matrix(vectors.astype("f4")), words]).tocsr()
