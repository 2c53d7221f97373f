"""What templates ask of Python: labels, times, numbers, phones, pictures."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import phonenumbers
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from aftercare import chart
from aftercare.models import Answer, CheckIn, Episode, Patient
from aftercare.queue import Trend
from aftercare.web.console import content, graphs, times
from aftercare.web.console.highlight import highlight
from aftercare.web.console.labels import label, readable


@pass_context
def labelled(context: Context, word: object, group: str) -> str:
    """`'emergency'|label('level')`, in the reader's language."""
    return str(context["translations"].gettext(label(group, word)))


@pass_context
def translated(context: Context, words: str) -> str:
    """Words that come from content files, in the reader's language where they are known."""
    return str(context["translations"].gettext(words)) if words else ""


@pass_context
def when(context: Context, moment: datetime, zone: str | None = None) -> str:
    """A moment in `zone`, else in the team's; the day only when it is not today."""
    return times.day_and_time(moment, zone or context["zone"], context["locale"], context["now"])


@pass_context
def day_of(context: Context, day: date) -> str:
    return times.full_date(day, context["locale"])


@pass_context
def birthday(context: Context, day: str | None) -> str:
    return times.full_date(date.fromisoformat(day), context["locale"]) if day else ""


@pass_context
def zone_name(context: Context, zone: str) -> str:
    return times.zone_name(zone, context["now"])


@pass_context
def elsewhere(context: Context, zone: str) -> bool:
    """Whether the patient's clock shows another time than the team's."""
    return not times.same_clock(zone, context["zone"], context["now"])


@pass_context
def language(context: Context, code: str) -> str:
    return times.language(code, context["locale"])


@pass_context
def foreign(context: Context, code: str) -> bool:
    """Whether the reader needs an interpreter to talk to this patient."""
    return code.partition("-")[0] != str(context["locale"]).partition("-")[0]


@pass_context
def age(context: Context, patient: Patient) -> int | None:
    return chart.age(patient, context["now"])


@pass_context
def day_number(context: Context, episode: Episode, zone: str) -> int:
    return chart.day(episode, zone, context["now"])


def phone(number: str) -> str:
    """A number as people read it; as it is when it cannot be parsed."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    home = phonenumbers.PhoneNumberFormat.NATIONAL
    abroad = phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, home if parsed.country_code == 1 else abroad)


def tel(number: str) -> str:
    """The address that makes a phone ring."""
    return "tel:" + re.sub(r"[^\d+]", "", number)


@pass_context
def answer(context: Context, value: Any, unit: str | None = None) -> str:
    """An answer as a person says it: `Yes`, `186 lb`."""
    _ = context["translations"].gettext
    if value is None:
        return str(_("not understood"))
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    if isinstance(value, int | float):
        return f"{graphs.number(float(value))} {unit or ''}".strip()
    return str(_("Not sure")) if value == "not_sure" else readable(str(value))


@pass_context
def drawn(context: Context, trend: Trend, large: bool = False) -> Markup:
    """The trend as a picture that also has words."""
    said = ", ".join(
        f"{times.short_day(point.at, context['locale'], context['now'])}: "
        f"{answer(context, point.value, trend.unit)}"
        for point in trend.points
    )
    words = f"{labelled(context, trend.question, 'question')}. {said}"
    if not large:
        return graphs.graph(trend, words)
    days = [times.month_day(point.at, context["zone"], context["locale"]) for point in trend.points]
    # More labels than these would lie on each other.
    return graphs.graph(trend, words, graphs.CHART, days if len(days) <= 8 else ())


def is_rule(cue: str) -> bool:
    """Whether a cue only repeats the rule, which is shown in words of its own."""
    return cue.startswith("rule ")


@pass_context
def cue(context: Context, weighed: str) -> str:
    """What was weighed, as a person reads it: `meaning: red flags together 0.97` as `97 % sure`."""
    _ = context["translations"].gettext
    learned = _LEARNED.fullmatch(weighed)
    if learned is None:
        return readable(weighed).lower()
    share = f"{float(learned['share']):.0%}"
    if learned["against"]:
        return str(_("texts like it are calm: %(share)s a red flag")) % {"share": share}
    return str(_("%(share)s sure")) % {"share": share}


# As `aftercare.triage` writes down what the learned readers gave to all red flags together.
_LEARNED = re.compile(
    r"(?:meaning: red flags (?:together|(?P<against>only))|red-flag intents together) "
    r"(?P<share>\d\.\d+)"
)


def changed(trend: Trend) -> str:
    return graphs.change(trend.points)


def answer_table(check_ins: Sequence[CheckIn]) -> list[tuple[str, list[Answer | None]]]:
    """A row for each question ever answered, with a cell for each check-in."""
    given = [{answer.question: answer for answer in one.answers} for one in check_ins]
    questions = dict.fromkeys(question for one in given for question in one)
    return [(question, [one.get(question) for one in given]) for question in questions]


def iso(moment: datetime) -> str:
    return moment.isoformat()


def length(moment: datetime, since: datetime) -> str:
    """The time between two moments: `3:12`, `2 h 05`, `3 d 4 h`."""
    seconds = max(0, int((moment - since).total_seconds()))
    if seconds < 3600:
        return f"{seconds // 60}:{seconds % 60:02}"
    if seconds < 86_400:
        return f"{seconds // 3600} h {seconds % 3600 // 60:02}"
    return f"{seconds // 86_400} d {seconds % 86_400 // 3600} h"


FILTERS: Mapping[str, Callable[..., Any]] = {
    "label": labelled,
    "translated": translated,
    "readable": readable,
    "cue": cue,
    "when": when,
    "day_of": day_of,
    "birthday": birthday,
    "answer_table": answer_table,
    "protocol_title": content.protocol_title,
    "question_words": content.question_words,
    "rule": content.rule,
    "zone_name": zone_name,
    "elsewhere": elsewhere,
    "language": language,
    "foreign": foreign,
    "age": age,
    "day_number": day_number,
    "phone": phone,
    "tel": tel,
    "answer": answer,
    "drawn": drawn,
    "changed": changed,
    "number": graphs.number,
    "iso": iso,
    "since": length,
    "highlight": highlight,
}
