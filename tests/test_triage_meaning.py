"""What the second opinion was taught, as a file that the product reads."""

from pathlib import Path

import numpy as np
import pytest

from aftercare import settings
from aftercare.triage.meaning import WEIGHTS, Meaning

SHIPPED = settings.ROOT / "content" / "red_flags"


def test_weights_of_another_version_are_refused_with_what_to_do(tmp_path: Path) -> None:
    np.savez(tmp_path / WEIGHTS, classes=np.array("[]"))
    with pytest.raises(ValueError, match=r"meaning\.npz: of another version\. Run: aftercare"):
        Meaning.load(tmp_path)


def test_without_weights_the_vocabulary_reads_alone(tmp_path: Path) -> None:
    assert Meaning.load(tmp_path) is None


def test_weights_mean_the_same_after_they_were_kept(tmp_path: Path) -> None:
    shipped = Meaning.load(SHIPPED)
    assert shipped is not None
    shipped.save(tmp_path)
    kept = Meaning.load(tmp_path)
    assert kept is not None
    text = "my left arm wont lift the cup"
    before, after = shipped.guess(text), kept.guess(text)
    assert max(before, key=lambda name: before[name]) == "stroke_signs"
    assert after == pytest.approx(before, abs=1e-3)


def test_the_question_is_heard_beside_the_words() -> None:
    shipped = Meaning.load(SHIPPED)
    assert shipped is not None
    bare = shipped.guess("it came back this morning")
    asked = shipped.guess("it came back this morning", ("chest_pain", "=unanswered"))
    assert asked["chest_pain"] > bare["chest_pain"]
