"""Small pictures of numbers over days, drawn on the server as SVG. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from markupsafe import Markup, escape

from aftercare.levels import Level
from aftercare.queue import Point, Trend


@dataclass(frozen=True)
class Size:
    width: int
    height: int
    margin: int


SPARK = Size(120, 34, 5)
CHART = Size(360, 120, 32)


def graph(trend: Trend, words: str, size: Size = SPARK, under: Sequence[str] = ()) -> Markup:
    """`trend` as a line with its flagged points marked by shape; `words` say it aloud.

    With `under`, a label for each point, the values stand above the points as well.
    """
    places = _places(trend.points, size)
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    marks = Markup("").join(
        _mark(point, x, y, size) for point, (x, y) in zip(trend.points, places, strict=True)
    )
    return Markup(
        '<svg class="graph" role="img" aria-label="{}" viewBox="0 0 {} {}" width="{}" height="{}">'
        '<polyline points="{}"/>{}{}</svg>'
    ).format(
        words,
        *(size.width, size.height) * 2,
        line,
        marks,
        _texts(trend.points, places, size, under),
    )


def number(value: float) -> str:
    """`182`, `98.6`: no digits that nobody measured."""
    return f"{value:.1f}".rstrip("0").rstrip(".")


def change(points: Sequence[Point]) -> str:
    """`+4` against the measurement before it; empty for the first one."""
    if len(points) < 2:
        return ""
    moved = points[-1].value - points[-2].value
    return f"{'+' if moved > 0 else '−' if moved < 0 else '±'}{number(abs(moved))}"


def _places(points: Sequence[Point], size: Size) -> list[tuple[float, float]]:
    first = points[0].at
    days = max((points[-1].at - first) / timedelta(days=1), 0.5)
    low = min(point.value for point in points)
    high = max(point.value for point in points)
    # A flat line lies in the middle, and a pound of change does not look like ten.
    spread = max(high - low, abs(high) * 0.02, 1.0)
    middle = (high + low) / 2
    wide, tall = size.width - 2 * size.margin, size.height - 2 * size.margin
    return [
        (
            size.margin + wide * ((point.at - first) / timedelta(days=1)) / days,
            size.margin + tall * (0.5 - (point.value - middle) / spread),
        )
        for point in points
    ]


def _texts(
    points: Sequence[Point],
    places: Sequence[tuple[float, float]],
    size: Size,
    under: Sequence[str],
) -> Markup:
    parts = [
        Markup('<text x="{}" y="{}">{}</text><text x="{}" y="{}" class="under">{}</text>').format(
            f"{x:.0f}", f"{y - 9:.0f}", number(point.value), f"{x:.0f}", size.height - 2, label
        )
        for point, (x, y), label in zip(points, places, under, strict=False)
    ]
    return Markup("").join(parts)


def _mark(point: Point, x: float, y: float, size: Size) -> Markup:
    reach = 3 if size is SPARK else 4
    if point.level > Level.NONE:
        corners = f"{x:.1f},{y - reach - 1:.1f} {x + reach + 1:.1f},{y + reach:.1f} "
        corners += f"{x - reach - 1:.1f},{y + reach:.1f}"
        return Markup('<polygon class="{}" points="{}"/>').format(escape(point.level), corners)
    return Markup('<circle cx="{}" cy="{}" r="{}"/>').format(f"{x:.1f}", f"{y:.1f}", reach - 1)
