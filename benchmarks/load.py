"""Patients texting Rasa: one alone, then several at once."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, cycle
from statistics import quantiles

import httpx

# A check-in as patients answer it: most texts are answers, one in five interrupts.
TEXTS = (
    "no",
    "{weight} lbs",
    "yea took em all this morning",
    "i need a ride to my appointment thursday",
    "ya me la tomé",
    "not really, a little tired maybe",
    "thanks so much",
    "no",
    "me duele un poco la herida pero bien",
    "yes",
)
_number = count(1)


@dataclass(frozen=True)
class Measured:
    turns: int
    seconds: float
    waits: tuple[float, ...]

    @property
    def rate(self) -> float:
        return self.turns / self.seconds

    @property
    def p50(self) -> float:
        return quantiles(self.waits, n=100)[49] * 1000

    @property
    def p95(self) -> float:
        return quantiles(self.waits, n=100)[94] * 1000


def together(rounds: Sequence[Measured]) -> Measured:
    """Several rounds as one."""
    return Measured(
        sum(each.turns for each in rounds),
        sum(each.seconds for each in rounds),
        tuple(wait for each in rounds for wait in each.waits),
    )


def measure(url: str, patients: int, seconds: float) -> Measured:
    """`patients` text at once, each waiting for the answer before the next text."""
    return asyncio.run(_measure(url, patients, seconds))


async def _measure(url: str, patients: int, seconds: float) -> Measured:
    async with httpx.AsyncClient(base_url=url, timeout=60) as http:
        started = time.monotonic()
        until = started + seconds
        waits = await asyncio.gather(*(_patient(http, until) for _ in range(patients)))
    took = time.monotonic() - started
    flat = tuple(wait for each in waits for wait in each)
    return Measured(len(flat), took, flat)


async def _patient(http: httpx.AsyncClient, until: float) -> list[float]:
    waits: list[float] = []
    while time.monotonic() < until:
        for body in _check_in(conversation := f"bench-{next(_number)}"):
            if body is None:
                await _begin(http, conversation)
                continue
            sent = time.monotonic()
            answer = await http.post("/webhooks/rest/webhook", json=body)
            answer.raise_for_status()
            if not answer.json():
                raise RuntimeError("a turn was not answered: the figures would be worthless")
            waits.append(time.monotonic() - sent)
            if sent > until:
                break
    return waits


def _check_in(conversation: str) -> Iterator[dict[str, object] | None]:
    yield None
    for number, text in zip(range(len(TEXTS)), cycle(TEXTS), strict=False):
        yield {
            "sender": conversation,
            # Weights differ, so that not every text was seen before.
            "message": text.format(weight=180 + next(_number) % 900 / 10),
            "metadata": {"message_id": f"{conversation}-{number}"},
        }


async def _begin(http: httpx.AsyncClient, conversation: str) -> None:
    body = {"name": "EXTERNAL_check_in", "entities": {"check_in": "bench"}}
    answer = await http.post(f"/conversations/{conversation}/trigger_intent", json=body)
    answer.raise_for_status()
