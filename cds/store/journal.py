"""The journal: each answer is recorded before it leaves, and feedback before it is thanked for."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cached_property
from threading import BoundedSemaphore, Lock

from sqlalchemy.exc import SQLAlchemyError

from cds.answer import Reply
from cds.catalogue import Service
from cds.errors import StoreUnavailable
from cds.request import HookRequest
from cds.settings import Settings
from cds.shelf import Knowledge
from cds.store.clerks import Clerks
from cds.store.database import Database
from cds.store.decision import Decision, Held
from cds.store.evidence import Kept, find_evidence, new_token
from cds.store.keys import CalledBy, Keys, secret_of
from cds.store.outbox import Outbox
from cds.store.quiet import Quiet
from cds.store.records import Entry, Mail, Record, last_word, write_decisions, write_feedback
from cds.store.report import Report, Scope, report
from cds.store.told import read_feedback
from cds.telemetry.metrics import FEEDBACK, STORE_FAILURES, answered

logger = logging.getLogger(__name__)
Clock = Callable[[], datetime]

PATIENCE = 0.05  # seconds that an answer may be kept back for its record
TOLD_PATIENCE = 2.5  # seconds that whoever tells us something may be kept waiting
MOST_TOLD = 3  # calls with feedback that may wait at a time; the other threads answer hooks


class Journal:
    """What was answered and what became of it.

    An answer never waits longer than PATIENCE: the store is asked in threads of its own, and a
    record that is late or fails waits in the outbox, where a dying process does not take it
    along. `failures` counts what was late, refused or lost.
    """

    def __init__(self, settings: Settings, clock: Clock, knowledge: Knowledge) -> None:
        kinds = {one.id: one.kind for one in knowledge.rules.criteria}
        self._settings = settings
        self._clock = clock
        self._quiet = Quiet(kinds, settings.quiet_days)
        self._database = Database(settings)
        self._outbox = Outbox(settings.data_dir, self._write)
        self._readers = Clerks(2, "journal-read")
        self._writers = Clerks(self._database.writers, "journal-write")
        self._told = BoundedSemaphore(MOST_TOLD)
        self._counting = Lock()
        self._looked = False
        self.failures = 0

    @cached_property
    def _keys(self) -> Keys:
        try:
            return Keys(secret_of(self._settings))
        except (OSError, ValueError) as error:
            raise StoreUnavailable from error

    def prepare(self) -> None:
        """Migrate and get the keys before the first call.

        A store that fails is told in one line and tried again by later calls. Raises
        SettingsError where it can never work.
        """
        self._outbox.prepare()
        try:
            self._database.migrate()
            _ = self._keys
        except StoreUnavailable as error:
            self._failed("is not there", error.__cause__ or error)

    @property
    def reached(self) -> bool:
        """Whether the store was ever there in the life of this process."""
        return self._database.reached

    def writable(self) -> bool:
        """Whether the store can keep something now; it may take seconds to say no."""
        try:
            self._database.touch()
        except (StoreUnavailable, SQLAlchemyError):
            return False
        return True

    def close(self) -> None:
        """Write what was begun, then let go of the database; the outbox keeps the rest."""
        self._readers.close()
        self._writers.close()
        self._outbox.close()
        self._database.close()

    def keep(  # noqa: PLR0913, PLR0917  the record is of all of them
        self,
        caller: CalledBy,
        hook_request: HookRequest,
        service: Service,
        reply: Reply,
        who: str,
        milliseconds: float,
        as_of: datetime,
    ) -> Reply:
        """Record an answer; what is returned may leave: the reply itself, or one in silence."""
        deadline = time.monotonic() + PATIENCE
        try:
            decision = Decision.of(reply)
            answered(service.id, decision.level, decision.indicator, who, milliseconds)
            held = self._held(caller, hook_request.patient_id, decision, as_of, deadline)
            at = self._clock()
            kept = None if held else self._kept(reply, decision, at)
            entry = Entry(
                at=at,
                as_of=as_of,
                caller=caller,
                request=hook_request,
                service=service.id,
                http_status=reply.status,
                decision=decision,
                who=who,
                milliseconds=milliseconds,
                held=held is not None,
                kept=kept,
            )
            written = self._record(entry, deadline)
            if held is not None:
                return decision.without_cards(held)
            # A link is given once there is something behind it, so that none is ever dead.
            return decision.with_link(self._address(kept)) if kept and written else reply
        except Exception as error:  # noqa: BLE001  whatever it is, the clinician gets the answer
            self._failed("has no record", error)
            return reply

    def feedback(self, caller: CalledBy, service_id: str, document: object) -> None:
        """Keep what a client tells; it is on the disk when this returns, all of it or nothing.

        Raises BadHookRequest with the JSON path, and StoreUnavailable.
        """
        mail = Mail(self._clock(), caller, service_id, read_feedback(document))
        if not self._told.acquire(timeout=PATIENCE):
            self._failed("cannot keep feedback", TimeoutError())
            raise StoreUnavailable
        try:
            self._writers.ask(time.monotonic() + TOLD_PATIENCE, self._tell, mail)
        except (StoreUnavailable, SQLAlchemyError, OSError) as error:
            self._failed("cannot keep feedback", error.__cause__ or error)
            raise StoreUnavailable from None
        finally:
            self._told.release()
        for told in mail.told:
            FEEDBACK.labels(told.outcome).inc()

    def _tell(self, mail: Mail) -> None:
        """What waits goes first: feedback has to find the card it speaks of."""
        if self._outbox.waiting():
            self._outbox.deliver()
        write_feedback(self._database, self._keys, mail)

    def evidence(self, token: str) -> Kept | None:
        """What the link with this token leads to; None when it has expired or never was.

        Raises StoreUnavailable.
        """
        with self._reading():
            return find_evidence(self._database, token, self._clock())

    def report(self, scope: Scope) -> Report:
        """What became of the cards; raises StoreUnavailable."""
        with self._reading(), self._database.read() as connection:
            return report(connection, scope)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """What the store cannot tell is one more failure; raises StoreUnavailable."""
        try:
            yield
        except (StoreUnavailable, SQLAlchemyError) as error:
            self._failed("cannot be read", error.__cause__ or error)
            raise StoreUnavailable from None

    def _kept(self, reply: Reply, decision: Decision, at: datetime) -> Kept | None:
        """The evidence to keep for the link of a card, if there is one to give."""
        days = self._settings.evidence_days
        if not (days and decision.cards and reply.evidence):
            return None
        return Kept(new_token(), reply.evidence, at, at + timedelta(days=days))

    def _address(self, kept: Kept) -> str:
        return f"{self._settings.base_url}/evidence/{kept.token}"

    def _held(
        self,
        caller: CalledBy,
        patient_id: str,
        decision: Decision,
        as_of: datetime,
        deadline: float,
    ) -> Held | None:
        """Why the cards of this answer stay back, if they do; not known in time means shown."""
        if not self._quiet.possible(decision):
            return None
        patients = self._keys.patients(caller, patient_id)
        try:
            earlier = self._readers.ask(
                deadline, last_word, self._database, patients, decision.level
            )
        except (StoreUnavailable, SQLAlchemyError, OSError) as error:
            self._failed("cannot be read", error.__cause__ or error)
            return None
        return None if earlier is None else self._quiet.held(decision, earlier, as_of)

    def _record(self, entry: Entry, deadline: float) -> bool:
        """Whether it is in the database before the answer leaves; else it goes to the outbox.

        The evidence does not: a link is given only to what is there.
        """
        record = Record.of(self._keys, entry)
        if self._written(record, deadline):
            return True
        if not self._outbox.put(record.without_evidence()):
            self._failed("has no room left", OverflowError())
        return False

    def _written(self, record: Record, deadline: float) -> bool:
        """Whether the database took it in time; one that does not come round is not asked."""
        if not self._looked:  # the first record of a process finds what others left behind
            self._looked = True
            self._outbox.start()
        if self._outbox.busy:
            return False
        try:
            self._writers.ask(deadline, self._write, [record])
        except (StoreUnavailable, SQLAlchemyError, OSError) as error:
            self._failed("cannot be written", error.__cause__ or error)
            return False
        return True

    def _write(self, records: list[Record]) -> None:
        write_decisions(self._database, records)

    def _failed(self, what: str, error: BaseException) -> None:
        """One line and one more in the count; a message could quote what was to be kept."""
        with self._counting:
            self.failures += 1
            count = self.failures
        STORE_FAILURES.inc()
        logger.error("the store %s: %s (failure %d)", what, type(error).__name__, count)
