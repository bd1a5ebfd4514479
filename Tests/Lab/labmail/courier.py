"""Sends the messages that are due, each recipient's copy by the route that the product chooses, and keeps the rest."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Protocol

from labmail.names import address_of, exchangers
from labmail.queue import Message, Queue
from labmail.session import Hop, Note, Refusal, Sent, deliver


@dataclass(frozen=True)
class Way:
    """Servers to try in order, or a domain's exchangers, and servers to try instead of these. Or a local mailbox."""

    hops: tuple[Hop, ...] = ()
    domain: str = ""
    instead: tuple[Hop, ...] = ()
    tls: bool = True
    local: bool = False
    # The recipient to whom the copy is sent, if it is another one.
    recipient: str = ""


@dataclass
class Outcome:
    """The outcome for one recipient. `text` is the reply, with its code."""

    recipient: str
    result: str  # delivered | delayed | failed
    text: str
    host: str = ""
    address: str = ""


class Product(Protocol):
    def name(self) -> str: ...
    def paused(self) -> bool: ...
    def way(self, message: Message, recipient: str) -> Way: ...
    def retry_after(self, message: Message) -> float: ...
    def gives_up(self, message: Message) -> bool: ...
    def store(self, message: Message, recipient: str) -> None: ...
    def noting(self, message: Message, hop: Hop, address: str) -> Note: ...
    def told(self, message: Message, outcomes: list[Outcome]) -> None: ...


class Courier:
    def __init__(self, queue: Queue, product: Product, now=time.time, send=deliver, mx=exchangers):
        self.queue, self.product, self._now, self._send, self._exchangers = queue, product, now, send, mx
        self.pool = ThreadPoolExecutor(4)
        self.busy: set[str] = set()
        self.speaking: set[str] = set()

    def tick(self) -> None:
        if self.product.paused():
            return
        for message in self.queue.messages():
            if message.due <= self._now() and message.key not in self.busy:
                self.busy.add(message.key)
                self.pool.submit(self._handled, message.key)

    def stop(self, patience: float = 5.0) -> None:
        """Ends the process once the current session is over, so that no accepted message is sent twice."""
        self.pool.shutdown(wait=False, cancel_futures=True)
        until = time.monotonic() + patience
        while self.speaking and time.monotonic() < until:
            time.sleep(0.05)
        os._exit(0)

    def _handled(self, key: str) -> None:
        """Reads the message again: the previous attempt may still have been running when it was listed."""
        self.speaking.add(key)
        message = self.queue.find(key)
        try:
            if message and message.due <= self._now():
                self.attempt(message)
        except Exception as error:  # A message that fails must not stop the service; the reason is in the unit's journal.
            print(f"{key}: {error!r}", flush=True)
            message.due = self._now() + 60
            self.queue.keep(message)
        finally:
            self.speaking.discard(key)
            self.busy.discard(key)

    def attempt(self, message: Message) -> None:
        """One attempt for all recipients that it still has."""
        ways: dict[Way, list[str]] = {}
        for recipient in message.recipients:
            ways.setdefault(self.product.way(message, recipient), []).append(recipient)
        outcomes = [outcome for way, to in ways.items() for outcome in self._go(message, way, to)]
        message.attempts += 1
        waiting = [outcome for outcome in outcomes if outcome.result == "delayed"]
        if waiting and self.product.gives_up(message):
            for outcome in waiting:
                outcome.result = "failed"
            waiting = []
        self.product.told(message, outcomes)
        if not waiting:
            self.queue.remove(message)
            return
        message.recipients = [outcome.recipient for outcome in waiting]
        message.last, message.due = waiting[-1].text, self._now() + self.product.retry_after(message)
        self.queue.keep(message)

    def _go(self, message: Message, way: Way, to: list[str]) -> list[Outcome]:
        """Tries the route, then the alternative for recipients that the route could not deliver to."""
        outcomes = self._once(message, way, to)
        if not way.instead:
            return outcomes
        lost = [outcome for outcome in outcomes if outcome.result == "delayed" or not outcome.address]
        again = Way(way.instead, tls=way.tls, recipient=way.recipient)
        second = self._once(message, again, [outcome.recipient for outcome in lost]) if lost else []
        return [outcome for outcome in outcomes if outcome not in lost] + second

    def _once(self, message: Message, way: Way, to: list[str]) -> list[Outcome]:
        if way.local:
            for recipient in to:
                self.product.store(message, recipient)
            return [Outcome(recipient, "delivered", "250 2.0.0", "localhost", "127.0.0.1") for recipient in to]
        part = replace(message, recipients=[way.recipient] if way.recipient else to)
        try:
            sent = self._try(part, way)
        except Refusal as refusal:
            result = "failed" if refusal.permanent else "delayed"
            return [Outcome(one, result, refusal.text, refusal.host, refusal.address) for one in to]
        replies = [sent.replies[one] for one in part.recipients]
        kinds = {"2": "delivered", "5": "failed"}
        return [
            Outcome(one, kinds.get(text[0], "delayed"), text, sent.host, sent.address)
            for one, text in zip(to, replies * (len(to) if way.recipient else 1))
        ]

    def _try(self, message: Message, way: Way) -> Sent:
        """The next server is only tried if this one cannot be reached."""
        hops = tuple(Hop(host) for host in self._exchangers(way.domain)) if way.domain else way.hops
        last = Refusal("451 4.4.0 nowhere to go", reached=False)
        for hop in hops:
            try:
                address = address_of(hop.host)
                note = self.product.noting(message, hop, address)
                return self._send(hop, address, self.product.name(), way.tls, message, note)
            except Refusal as refusal:
                refusal.host = refusal.host or hop.host
                last = refusal
                if refusal.reached:
                    break
        raise last
