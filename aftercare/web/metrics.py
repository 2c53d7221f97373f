"""What Prometheus reads: counts and times, with no label that could identify anybody."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import case, func, select
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aftercare.levels import Level
from aftercare.models import Escalation
from aftercare.models import Message as Text

if TYPE_CHECKING:
    from aftercare.app import App

NONE_MATCHED = "unknown"
"""The label for addresses that no page answers to: they are anybody's invention."""


class Metrics:
    """The numbers of one web process."""

    def __init__(self, app: "App") -> None:
        self.registry = CollectorRegistry()
        self.registry.register(Standing(app))
        self.requests = Counter(
            "aftercare_requests", "Answers given", ["route", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "aftercare_request_seconds", "Time to answer", ["route"], registry=self.registry
        )

    def text(self) -> bytes:
        return generate_latest(self.registry)


class Standing(Collector):
    """What waits in the database, counted when somebody asks."""

    def __init__(self, app: "App") -> None:
        self._app = app

    def describe(self) -> Iterator[GaugeMetricFamily]:
        return iter(())

    def collect(self) -> Iterator[GaugeMetricFamily]:
        now = self._app.clock.now()
        # An emergency's clock is met by taking it, the others' by reaching the patient.
        met = case(
            (Escalation.level == Level.EMERGENCY, Escalation.acknowledged_at),
            else_=Escalation.reached_at,
        )
        late = (Escalation.due_at < now) & met.is_(None)
        with self._app.database.begin() as session:
            rows = session.execute(
                select(Escalation.level, func.count(), func.count().filter(late))
                .where(Escalation.closed_at.is_(None))
                .group_by(Escalation.level)
            ).all()
            waiting = session.scalar(
                select(func.count()).where(Text.state.in_(("received", "screened")))
            )
            outbox = session.scalar(
                select(func.count()).where(Text.state.in_(("queued", "sending")))
            )
        found = {Level(level): (count, overdue) for level, count, overdue in rows}
        yield _by_level("escalations_open", "Open escalations", found, 0)
        yield _by_level("escalations_overdue", "Open escalations past their clock", found, 1)
        yield GaugeMetricFamily("aftercare_texts_unread", "Texts not read yet", waiting)
        yield GaugeMetricFamily("aftercare_outbox", "Texts waiting to be sent", outbox)


class Measured:
    """Counts and times every answer under its route's pattern, never its address."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 500

        async def noting(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            route = getattr(scope.get("route"), "path", NONE_MATCHED)
            self._metrics.requests.labels(route, str(status)).inc()
            self._metrics.seconds.labels(route).observe(time.perf_counter() - began)


def _by_level(
    name: str, words: str, found: dict[Level, tuple[int, int]], place: int
) -> GaugeMetricFamily:
    gauge = GaugeMetricFamily(f"aftercare_{name}", words, labels=["level"])
    for level in (Level.ROUTINE, Level.URGENT, Level.EMERGENCY):
        gauge.add_metric([level], found.get(level, (0, 0))[place])
    return gauge
