"""What the prefetch did not bring, read from the client's FHIR server inside the answer budget."""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor, wait
from time import monotonic
from typing import Any

from cds.catalogue import Service
from cds.fhir.delivery import CLASSES
from cds.fhir.reading import Json
from cds.fhir.server.access import Caller, NoAccess, access_of
from cds.fhir.server.pages import LATE, Reader, Reading, next_link
from cds.fhir.server.scopes import permits
from cds.fhir.server.templates import fill
from cds.fhir.server.wire import Line
from cds.request import HookRequest
from cds.settings import Settings
from cds.telemetry.metrics import FETCHES

# Reading stops this long before the answer is due: 40 ms for the web process to answer itself, 25
# for each of about three megabytes; a larger budget says that all of this takes longer here. Of the
# default budget of 450 ms that leaves 330 to read in.
ANSWER_SECONDS = 0.12
ANSWER_SHARE = 0.25
LEAST_SECONDS = 0.02  # less is not worth a call
BYTES = 4_000_000  # of one key, unpacked, all pages together

TOKEN = "fhirAuthorization"  # noqa: S105 - the name of a member
logger = logging.getLogger(__name__)


class Fetcher:
    """Completes hook requests; one for a process, safe to share between its threads.

    So many `calls` at once read every key they lack at the same time: no server that hangs keeps
    a call to another one waiting.
    """

    def __init__(self, settings: Settings, calls: int = 1) -> None:
        self._settings = settings
        self._answer = max(ANSWER_SECONDS, ANSWER_SHARE * settings.budget_ms / 1000)
        self._reader = Reader()
        self._threads = ThreadPoolExecutor(calls * len(CLASSES), thread_name_prefix="fhir")

    def complete(
        self,
        document: dict[str, Any],
        request: HookRequest,
        service: Service,
        caller: Caller,
        deadline: float,
    ) -> dict[str, Any]:
        """The request with the prefetch keys it lacked, and without its token.

        `deadline` is when the answer is due, in seconds of `time.monotonic`. A key that was sent,
        with whatever value, is not asked for again; a Bundle that names a next page is read on.
        What could not be read stands there as an OperationOutcome; what did not come in time stays
        missing, or as far as it was read. The document itself comes back when nothing changed.
        """
        until = deadline - self._answer
        prefetch = self._read(self._plan(request, service, caller, until), until)
        if not prefetch:
            return document if TOKEN not in document else _without_token(document)
        merged = {**request.prefetch, **prefetch}
        order = [*(key for key in service.prefetch if key in merged), *merged]
        return {**_without_token(document), "prefetch": {key: merged[key] for key in order}}

    def _plan(
        self, request: HookRequest, service: Service, caller: Caller, until: float
    ) -> dict[str, Reading]:
        """What is to be read, by key, in the order of the catalogue."""
        if until - monotonic() < LEAST_SECONDS:
            return {}
        try:
            access = access_of(request, caller, self._settings)
        except NoAccess as reason:
            logger.warning("a FHIR server was not read: %s", reason)
            return {}
        if access is None:
            return {}
        until = min(until, monotonic() + access.seconds)
        plan = {}
        for key, template in service.prefetch.items():
            page = request.prefetch.get(key)
            query = fill(template, request) if _is_wanted(request.prefetch, key) else None
            if query and permits(access.scope, query.kind, query.letter):
                plan[key] = Reading(access, Line(until, BYTES), query, page)
        return plan

    def _read(self, plan: dict[str, Reading], until: float) -> dict[str, Any]:
        """What was read until then, by key."""
        runs = {key: self._threads.submit(one.run, self._reader) for key, one in plan.items()}
        wait(runs.values(), timeout=max(0.0, until - monotonic()))
        found = {}
        for key, run in runs.items():
            value, problem = _taken(run, plan[key])
            if problem:
                logger.warning("prefetch key %s was not read whole: %s", key, problem)
            FETCHES.labels(key, outcome(problem)).inc()
            if value is not None:
                found[key] = value
        return found


def outcome(problem: str) -> str:
    """One of three words for how it went."""
    return "late" if problem == LATE else "failed" if problem else "read"


def _is_wanted(prefetch: dict[str, Any], key: str) -> bool:
    """Whether a key was not sent, or only as far as its first pages."""
    return key not in prefetch or bool(next_link(prefetch[key]))


def _taken(run: Future[None], reading: Reading) -> tuple[Json | None, str]:
    """What was read of a key and what went wrong; a reading that is not done ends here."""
    if run.done():
        run.result()  # a fault of ours is raised
        return reading.value, reading.problem
    value = reading.value
    if not run.cancel():
        reading.line.cut()
    return value, LATE


def _without_token(document: Json) -> Json:
    return {name: value for name, value in document.items() if name != TOKEN}
