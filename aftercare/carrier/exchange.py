"""Carries texts: from the product to the phones, and from the phones to the product."""

import asyncio
from collections.abc import Coroutine
from dataclasses import replace

from aftercare.carrier import tracks
from aftercare.carrier.config import CarrierConfig, Delivery, Order
from aftercare.carrier.faults import Faults
from aftercare.carrier.keywords import ANSWERS, OptOut, keyword
from aftercare.carrier.ledger import Ledger, Media, Posted, Text, new_sid
from aftercare.carrier.parameters import of_callback, of_inbound
from aftercare.carrier.twiml import NotTwiml, replies
from aftercare.carrier.webhooks import Answer, Webhooks


class Exchange:
    """One account's line, with what it carried and what is planned to go wrong."""

    def __init__(self, config: CarrierConfig) -> None:
        self.config = config
        self.ledger = Ledger()
        self.faults = Faults()
        self.webhooks = Webhooks(config)
        self._running: set[asyncio.Task[None]] = set()

    # From the product to a phone

    def take(
        self,
        to: str,
        body: str,
        *,
        direction: str = "outbound-api",
        service: str | None = None,
        callback: str | None = None,
        fails_with: int | None = None,
    ) -> Text:
        """Take a text for delivery, and start delivering it unless deliveries are held."""
        now = self.config.clock.now()
        text = Text(
            sid=new_sid("SM"),
            direction=direction,
            sender=self.config.number,
            to=to,
            body=body,
            status="accepted" if service else "queued",
            created=now,
            updated=now,
            nth=self.ledger.next(),
            service=service,
            callback=callback,
            fails_with=fails_with,
        )
        self.ledger.add(text)
        if self.config.delivery is not Delivery.HELD:
            self._begin(self.deliver(text))
        return text

    async def deliver(self, text: Text) -> None:
        """Move a text through its statuses and post their callbacks."""
        if self.config.order is Order.REVERSED:
            walked = [self._step(text, status) for status in tracks.ahead(text)]
            for step in reversed(walked):
                await self._call_back(step)
            return
        for status in tracks.ahead(text):
            if self.config.delivery is Delivery.PACED:
                await asyncio.sleep(self.config.pace)
            await self._call_back(self._step(text, status))

    async def deliver_held(self, to: str | None = None, sid: str | None = None) -> list[Text]:
        """Deliver what is held, oldest first; the texts that moved."""
        held = [
            text
            for text in self.ledger.texts.values()
            if not text.inbound and tracks.ahead(text) and to in (None, text.to)
        ]
        chosen = [text for text in held if sid in (None, text.sid)]
        for text in chosen:
            await self.deliver(text)
        return chosen

    async def call_back(self, text: Text, status: str, error_code: int | None) -> None:
        """Post one callback that says what the caller wants, true or not."""
        await self._call_back(replace(text, status=status, error_code=error_code))

    # From a phone to the product

    async def text(self, sender: str, body: str, media: tuple[Media, ...] = ()) -> Text:
        """A patient sends a text; returns when the product has answered the webhook."""
        now = self.config.clock.now()
        text = self.ledger.add(
            Text(
                sid=new_sid("MM" if media else "SM"),
                direction="inbound",
                sender=sender,
                to=self.config.number,
                body=body,
                status="received",
                created=now,
                updated=now,
                sent=now,
                nth=self.ledger.next(),
                service=self.config.messaging_service_sid,
                media=media,
            )
        )
        asked = self._keyword(text)
        await self.announce(text, asked)
        return text

    async def announce(self, text: Text, asked: OptOut | None = None) -> Answer:
        """Post the webhook of an incoming text; again for the same text if asked again."""
        params = of_inbound(text, self.config, asked)
        answer = await self.webhooks.post(self.config.webhook_url, params, text.token)
        self._record(text, "inbound", answer)
        if not answer.good and self.config.fallback_url:
            answer = await self.webhooks.post(self.config.fallback_url, params, text.token)
            self._record(text, "fallback", answer)
        if answer.good:
            self._reply(text, answer)
        return answer

    # Time

    async def settle(self) -> None:
        """Wait until everything under way has arrived."""
        while under_way := {task for task in self._running if not task.done()}:
            await asyncio.gather(*under_way)

    async def close(self) -> None:
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self.webhooks.close()

    # Inside

    def _keyword(self, text: Text) -> OptOut | None:
        if not self.config.handles_opt_out:
            return None
        was_out = text.sender in self.ledger.opted_out
        asked = keyword(text.body, was_out)
        if asked is OptOut.START:
            self.ledger.opted_out.discard(text.sender)
        if (asked and not was_out) or asked is OptOut.START:
            # Taken before the block begins: this confirmation is the last text let through.
            self.take(text.sender, ANSWERS[asked], direction="outbound-reply")
        if asked is OptOut.STOP:
            self.ledger.opted_out.add(text.sender)
        return asked

    def _reply(self, text: Text, answer: Answer) -> None:
        try:
            bodies = replies(answer.content_type, answer.document)
        except NotTwiml as error:
            self._record(text, "twiml", Answer(answer.status, trouble=f"12100 {error}"))
            return
        for body in bodies:
            if text.sender not in self.ledger.opted_out:
                self.take(text.sender, body, direction="outbound-reply")

    def _step(self, text: Text, status: str) -> Text:
        text.status = status
        text.updated = self.config.clock.now()
        if status == "sent":
            text.sent = text.updated
        if status in ("undelivered", "failed"):
            text.error_code = text.fails_with
        self.ledger.touch()
        return replace(text)

    async def _call_back(self, step: Text) -> None:
        if not step.callback:
            return
        params = of_callback(step, self.config)
        for _ in range(2 if self.config.twice else 1):
            answer = await self.webhooks.post(step.callback, params, step.token + step.status)
            self._record(step, step.status, answer)

    def _record(self, text: Text, about: str, answer: Answer) -> None:
        text.posted.append(Posted(about, answer.status, answer.trouble))
        self.ledger.touch()

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
