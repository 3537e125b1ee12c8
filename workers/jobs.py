"""The jobs. Their arguments, results and failure records hold ids only, never a chart."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from functools import cache

from redis import Redis, RedisError

from cds.answer import answer, warm
from cds.errors import SettingsError
from cds.postbox import Postbox, patient_client
from cds.problems import fault
from cds.seal import Seal
from cds.settings import Settings
from cds.shelf import Knowledge, load_knowledge

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
    try:
        call = postbox.take(job_id)
        if call is not None:
            postbox.deliver(job_id, answer(call, bench().knowledge, bench().settings))
    except Exception as error:  # noqa: BLE001  whoever waits must hear of any failure
        with suppress(RedisError):  # whoever waits does so no longer than its deadline
            postbox.fail(job_id)
        # No traceback: the message of the error may quote the chart.
        logger.error("fault %s: %s", job_id, fault(error))  # noqa: TRY400
        # RQ keeps the traceback of what leaves here; `from None` keeps the cause out of it.
        raise JobFailed from None
