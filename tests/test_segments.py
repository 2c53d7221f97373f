"""What a text weighs, checked against published examples."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercare.segments import Encoding, count

GSM7, UCS2 = Encoding.GSM7, Encoding.UCS2

# Limits of 3GPP TS 23.038 and 23.040, as Twilio's segment calculator shows them.
WEIGHTS = [
    ("a" * 160, GSM7, 160, 1),
    ("a" * 161, GSM7, 161, 2),
    ("a" * 306, GSM7, 306, 2),
    ("a" * 307, GSM7, 307, 3),
    ("{" + "a" * 158, GSM7, 160, 1),
    ("{" + "a" * 159, GSM7, 161, 2),
    # An escaped character is not cut in two: it opens the second part.
    ("a" * 152 + "€" + "a" * 8, GSM7, 162, 2),
    ("ж" * 70, UCS2, 70, 1),
    ("ж" * 71, UCS2, 71, 2),
    ("ж" * 134, UCS2, 134, 2),
    ("ж" * 135, UCS2, 135, 3),
    ("😜" + "a" * 68, UCS2, 70, 1),
    ("😜" + "a" * 69, UCS2, 71, 2),
    ("", GSM7, 0, 0),
]


@pytest.mark.parametrize(("text", "encoding", "units", "segments"), WEIGHTS)
def test_a_text_weighs_what_the_carrier_says(text, encoding, units, segments):
    weighed = count(text)
    assert (weighed.encoding, weighed.units, weighed.segments) == (encoding, units, segments)


@pytest.mark.parametrize(
    ("language", "text", "flips"),
    [
        ("Spanish without á í ó ú", "¿Cómo está? ¡Señor, qué pingüino!", ("ó", "á")),
        ("Spanish that fits", "¿Qué tal, señora? ¡Muy bien, gracias!", ()),
        ("Haitian Creole", "Èske ou santi doulè? Nou la pou ede w. Mèsi à bientôt", ("È", "ô")),
        ("German", "Nehmen Sie täglich Ihre Tabletten? Größe, Fuß", ()),
        ("French", "Reçu le garçon", ("ç",)),
        ("Vietnamese", "Chào", ()),
        ("a curly apostrophe", "don’t", ("’",)),
        ("a dash and an ellipsis", "wait – then call…", ("–", "…")),
        ("a no-break space", "4\u00a0lb", ("\u00a0",)),
        ("a lone escape", "a\x1bb", ("\x1b",)),
    ],
)
def test_the_characters_that_make_a_text_dear_are_named(language, text, flips):
    assert count(text).flips == flips


def test_one_curly_quote_more_than_doubles_the_price():
    plain, curly = count("Don't wait. " * 13), count("Don’t wait. " * 13)
    assert (plain.segments, curly.segments) == (1, 3)
    assert curly.cost(Decimal("0.01")) == Decimal("0.03")


@given(st.text(max_size=400))
def test_a_longer_text_never_has_fewer_segments(text):
    assert count(text + "a").segments >= count(text).segments >= (1 if text else 0)
