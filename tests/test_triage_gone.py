"""Has it gone away? Bad news may be a yes elsewhere, and good news a no, in every language."""

import pytest

from aftercare import settings
from aftercare.levels import Level
from aftercare.protocols import question_from
from aftercare.triage import Reader

READER = Reader.load(settings.ROOT / "content")
GONE = question_from(
    {
        "text": "Earlier you told us you had chest pain. Has it gone away?",
        "answer": "yes_no",
        "flags": {"no": "emergency"},
    }
)
STOPPED = question_from(
    {
        "text": "Earlier you told us you were bleeding. Has it stopped?",
        "answer": "yes_no",
        "flags": {"no": "emergency"},
    }
)


def asked_in(locale: str, *texts: str) -> list[tuple[str, str]]:
    return [(locale, text) for text in texts]


OVER = [
    *asked_in(
        "en",
        "no more pain",
        "doesnt hurt anymore",
        "it went away last night thank god",
        "no pain now",
        "its gone",
        "nothing since yesterday",
    ),
    *asked_in(
        "es",
        "ya no me duele",
        "no me ha vuelto a doler",
        "se me quito gracias a dios",
        "ya no",
        "nada de dolor desde anoche",
    ),
    *asked_in(
        "fr",
        "j'ai plus mal",
        "c'est passé dieu merci",
        "plus rien depuis hier",
        "non ça fait plus mal",
        "plus du tout",
    ),
    *asked_in(
        "pt",
        "não dói mais",
        "passou graças a deus",
        "nada desde ontem",
        "sumiu a dor",
        "não tenho mais dor",
    ),
    *asked_in(
        "ht",
        "li pa fè m mal ankò",
        "li ale gras a Bondye",
        "mwen pa santi anyen ankò",
        "doulè a pase",
    ),
    *asked_in(
        "ar",
        "راح الحمدلله",
        "ما عاد يوجعني",
        "مبقاش بيوجعني",
        "ما في وجع",
        "راح من مبارح بالليل والحمدلله",
        "la2 ma 3ad byojja3ni",
    ),
    *asked_in(
        "ru", "больше не болит", "прошло слава богу", "уже не болит", "отпустило", "нет, не болит"
    ),
    *asked_in("zh", "不痛了", "已经没事了", "唔痛喇", "冇痛喇", "没有再痛", "早就不疼了"),
    *asked_in(
        "vi", "hết đau rồi", "không đau nữa", "het roi", "khong con dau nua", "da het tu toi qua"
    ),
    *asked_in("ko", "이제 안 아파요", "없어졌어요", "다 나았어요", "안아픔", "괜찮아졌어요"),
    *asked_in(
        "tl",
        "wala na",
        "hindi na masakit",
        "nawala na po salamat sa diyos",
        "di na sumasakit",
        "ok na po",
    ),
]
STILL_THERE = [
    *asked_in(
        "en",
        "still there",
        "no its still there",
        "comes and goes",
        "no",
        "not yet",
        "same as before",
        "a little",
    ),
    *asked_in("es", "todavia me duele", "sigue ahi", "va y viene", "no", "un poco", "igual"),
    *asked_in("fr", "toujours là", "ça va et vient", "non", "un peu", "pareil"),
    *asked_in("pt", "ainda dói", "continua", "vai e volta", "não", "um pouco", "do mesmo jeito"),
    *asked_in("ht", "li toujou la", "non", "li ale li tounen", "yon ti kras", "menm jan"),
    *asked_in("ar", "لسه موجود", "لسا عم يوجعني", "بروح وبيجي", "لا", "شوي", "زي ما هو"),
    *asked_in("ru", "все еще болит", "нет", "то есть то нет", "немного", "так же", "еще сидит"),
    *asked_in("zh", "还在", "还痛", "时有时无", "没有", "仲痛緊", "有一点", "一樣"),
    *asked_in("vi", "vẫn còn", "van dau", "lúc có lúc không", "chưa", "con hoi hoi", "chưa hết"),
    *asked_in("ko", "아직 있어요", "아직 아파요", "왔다갔다 해요", "아니요", "조금", "그대로예요"),
    *asked_in(
        "tl", "meron pa rin", "masakit pa", "paulit ulit", "hindi", "konti na lang", "ganun pa rin"
    ),
]


@pytest.mark.parametrize(("locale", "text"), OVER)
def test_who_says_that_it_is_over_is_left_in_peace(locale: str, text: str) -> None:
    reading = READER.read(text, locale, GONE)
    assert reading.value is True
    assert reading.level < Level.URGENT


@pytest.mark.parametrize(("locale", "text"), STILL_THERE)
def test_who_says_that_it_is_still_there_is_called(locale: str, text: str) -> None:
    reading = READER.read(text, locale, GONE)
    assert reading.value is False
    assert reading.level >= Level.URGENT


@pytest.mark.parametrize(
    ("text", "over"),
    [
        ("no, it doesnt hurt anymore", True),
        ("yes but it came back at noon", False),
        ("yes all gone", True),
        ("not gone", False),
        ("still good, nothing since", True),
        ("nope", False),
        ("yes", True),
    ],
)
def test_the_whole_answer_counts_not_its_first_word(text: str, over: bool) -> None:
    assert READER.read(text, "en", GONE).value is over


def test_bleeding_that_stopped_is_over_too() -> None:
    assert READER.read("no more blood since lunch", "en", STOPPED).value is True
    assert READER.read("still oozing", "en", STOPPED).level is Level.EMERGENCY
