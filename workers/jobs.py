"""The jobs. Their arguments, results and failure records hold ids only, never a chart."""

from __future__ import annotations

import logging
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from functools import cache
from time import monotonic

from redis import Redis, RedisError

from cds.answer import Call, answer, warm
from cds.errors import SettingsError
from cds.postbox import Postbox
from cds.problems import fault
from cds.seal import Seal
from cds.settings import Settings
from cds.shelf import Knowledge, load_knowledge
from cds.telemetry.trail import carried_on
from cds.valkey import patient_client

logger = logging.getLogger(__name__)


class JobFailed(Exception):
    """What RQ records of a failed job: that it failed."""


@dataclass(frozen=True)
class Bench:
    """What every job of this process works with."""

    settings: Settings
    knowledge: Knowledge
    connection: Redis
    postbox: Postbox


@cache
def bench() -> Bench:
    """Set up once per process, warm; raises SettingsError or KnowledgeError."""
    settings = Settings()
    if settings.redis_url is None or settings.secret_key is None:
        raise SettingsError("CDS_REDIS_URL", "must be set: workers find their jobs there")
    knowledge = load_knowledge(settings.site_knowledge)
    warm(knowledge, settings)
    connection = patient_client(settings.redis_url)
    return Bench(settings, knowledge, connection, Postbox(connection, Seal(settings.secret_key)))


def answer_call(job_id: str) -> None:
    """Answer the call stored under `job_id`, unless its deadline is over."""
    postbox = bench().postbox
    with ExitStack() as stack:
        try:
            call = postbox.take(job_id)
            if call is not None:
                stack.enter_context(carried_on(call.trail, "worker"))
                work(job_id, call)
        except Exception as error:  # noqa: BLE001  whoever waits must hear of any failure
            with suppress(RedisError):  # whoever waits does so no longer than its deadline
                postbox.fail(job_id)
            # No traceback: the message of the error may quote the chart.
            logger.error("fault %s: %s", job_id, fault(error))  # noqa: TRY400
            # RQ keeps the traceback of what leaves here; `from None` keeps the cause out of it.
            raise JobFailed from None


def work(job_id: str, call: Call) -> None:
    """Answer a call and say so in one line."""
    began = monotonic()
    reply = answer(call, bench().knowledge, bench().settings)
    seconds = monotonic() - began
    bench().postbox.deliver(job_id, replace(reply, seconds=seconds))
    told = {"service": call.service, "status": reply.status, "ms": round(seconds * 1000, 1)}
    logger.info("worked", extra={"told": told})
