"""What the second opinion was taught, as a file that the product reads."""

from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from aftercare import settings
from aftercare.triage import Reader
from aftercare.triage.lessons import Lesson, learn, lessons
from aftercare.triage.meaning import WEIGHTS, Meaning
from aftercare.triage.votes import CALM, OTHER_FLAG, URGENT, WISHES
from aftercare.triage.wishes import DECEASED

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


def test_what_is_taught_is_learned_and_shown_while_it_goes_on() -> None:
    dangers = ["the belt sits on my ribs", "a belt around my ribs", "my ribs in a belt"]
    calm = ["the soup was good", "good soup today", "we had the good soup"]
    rides = ["nobody drives me there", "no bus to the clinic", "my ride fell through"]
    taught = [
        *(Lesson(text, "chest_pain", locale="en") for text in dangers * 20),
        *(Lesson(text, "none", locale="en") for text in calm * 20),
        *(Lesson(text, "transport", locale="en") for text in rides * 20),
    ]
    shown: list[str] = []

    def watch[T](items: Iterable[T], what: str, total: float | None = None) -> Iterable[T]:
        shown.append(what)
        return items

    learned = learn(taught, watch)
    for text, label in (("a belt on the ribs", "chest_pain"), ("good soup again", "none")):
        guess = learned.guess(text)
        assert max(guess, key=lambda name: guess[name]) == label
    assert learned.languages == {"en"}
    assert shown == ["Turning texts into features", "Learning two voices"]


def test_all_that_teaches_has_a_label_the_reader_knows() -> None:
    reader = Reader.load(settings.ROOT / "content", second_opinion=False)
    known = {*reader.concepts, *reader.needs, *WISHES, CALM, URGENT, OTHER_FLAG, DECEASED}
    some = list(islice(lessons(settings.ROOT, reader), 0, 3000, 10))
    assert {lesson.label for lesson in some if not lesson.label.startswith("language")} <= known
