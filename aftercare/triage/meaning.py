"""The screen's second opinion: what a text means, where none of its words is known.

Weights learned from labelled texts (`aftercare triage learn`) turn the words, the runs of
letters and the sentence vector of a text into the probability of each red flag, need and wish.
Two voices learn the same: one adds up what each word says, the other hears words together.
The encoder of the vector is a package; without it, or without weights, the screen reads by its
vocabulary alone.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
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
class Layer:
    """Sums of what was learned of each feature: a row for each, a column for each sum."""

    of_vector: "Vectors"
    of_words: "Vectors"
    """One byte each; times `scale` it is the weight."""
    scale: "Vectors"
    bias: "Vectors"

    @classmethod
    def pack(cls, weights: "Vectors", bias: "Vectors") -> "Layer":
        """Of learned `weights`, features by sums."""
        import numpy as np

        of_words = weights[WIDTH:]
        scale = np.maximum(np.abs(of_words).max(axis=0), 1e-9) / 127
        packed = np.round(of_words / scale).astype("i1")
        return cls(weights[:WIDTH].astype("f4"), packed, scale.astype("f4"), bias.astype("f4"))

    def sums(self, seen: "Vectors", named: Sequence[int]) -> "Vectors":
        """What a text's vector and its words come to."""
        words = self.of_words[named].sum(axis=0, dtype="f4") * self.scale
        words *= WORDS_WEIGHT / max(len(named), 1) ** 0.5
        sums: Vectors = seen @ self.of_vector * VECTOR_WEIGHT + words + self.bias
        return sums


@dataclass(frozen=True)
class Meaning:
    """What was learned: the probability of each class is what both voices agree on."""

    classes: tuple[str, ...]
    languages: frozenset[str]
    """What it was taught in; of other languages it knows little."""
    plain: Layer
    """Scores of the classes."""
    hidden: Layer
    """What words say together, from which `out` and `out_bias` make scores."""
    out: "Vectors"
    out_bias: "Vectors"

    @classmethod
    def load(cls, folder: Path) -> "Meaning | None":
        """The weights in `folder`; None where they or the encoder are not there.

        Raises ValueError where they were learned by another version, and says what to do.
        """
        file = folder / WEIGHTS
        if not file.exists() or not encoder_installed():
            return None
        import numpy as np

        vector("ready")  # The first text wakes the encoder, which takes most of a second.
        with np.load(file, allow_pickle=False) as kept:
            if "plain_bias" not in kept or "hidden_bias" not in kept:
                raise ValueError(f"{file}: of another version. Run: aftercare triage learn")
            return cls(
                tuple(json.loads(str(kept["classes"]))),
                frozenset(json.loads(str(kept["languages"]))),
                _layer(kept, "plain"),
                _layer(kept, "hidden"),
                kept["out"].astype("f4"),
                kept["out_bias"],
            )

    def guess(self, text: str, around: Sequence[str] = ()) -> Mapping[str, float]:
        """The probability of each class, given what is known around it (`Reader.around`)."""
        import numpy as np

        named = buckets(text, around)
        seen = np.asarray(vector(text.lower()))
        heard = np.maximum(self.hidden.sums(seen, named), 0.0)
        scores = (self.plain.sums(seen, named) + heard @ self.out + self.out_bias) / 2
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
            out=self.out.astype("f2"),
            out_bias=self.out_bias.astype("f4"),
            **_kept(self.plain, "plain"),
            **_kept(self.hidden, "hidden"),
        )
        return file


def features(texts: Iterable[tuple[str, Sequence[str]]]) -> Any:
    """The features of many texts, each with what is known around it, as a sparse matrix for
    learning. Needs scipy.

    The vector comes first, then the words, each weighed as `Layer.sums` weighs them.
    """
    import numpy as np
    from scipy import sparse

    looked_at = [(np.asarray(vector(text.lower())), buckets(text, names)) for text, names in texts]
    vectors = np.stack([seen for seen, _ in looked_at]) * VECTOR_WEIGHT
    counts = [len(named) for _, named in looked_at]
    weight = [WORDS_WEIGHT / max(count, 1) ** 0.5 for count in counts]
    words = sparse.csr_matrix(
        (
            np.repeat(np.array(weight, dtype="f4"), counts),
            np.concatenate([np.array(named, dtype="i4") for _, named in looked_at]),
            np.cumsum([0, *counts]),
        ),
        shape=(len(looked_at), BUCKETS),
    )
    return sparse.hstack([sparse.csr_matrix(vectors.astype("f4")), words]).tocsr()


def _layer(kept: Mapping[str, Any], name: str) -> Layer:
    return Layer(
        kept[f"{name}_of_vector"].astype("f4"),
        kept[f"{name}_of_words"],
        kept[f"{name}_scale"],
        kept[f"{name}_bias"],
    )


def _kept(layer: Layer, name: str) -> dict[str, Any]:
    return {
        f"{name}_of_vector": layer.of_vector.astype("f2"),
        f"{name}_of_words": layer.of_words,
        f"{name}_scale": layer.scale,
        f"{name}_bias": layer.bias,
    }
