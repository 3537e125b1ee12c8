"""Run all parts until told to stop, or workers alone."""

import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import click

from cds.clients.load import refuse_unprotected
from cds.errors import SettingsError
from cds.serve import embedded, recipes, start
from cds.serve.health import web_is_live, workers_here
from cds.serve.processes import Family, GaveUp, StopSignals
from cds.serve.welcome import welcome
from cds.settings import Settings

VALKEY_PATIENCE = 10.0  # seconds to its first answer
WORKER_PATIENCE = 30.0  # then the service is announced without those that are missing
WEB_PATIENCE = 120.0  # then it will never answer


def serve(settings: Settings, signals: StopSignals) -> None:
    """Web server and workers, with an embedded Valkey unless CDS_REDIS_URL names one.

    Raises CdsError when the service cannot start as set, GaveUp when a part never comes up.
    """
    start.check(settings)
    with (
        start.listen(settings) as listener,
        embedded.private_folder() as folder,
        Family(signals) as family,
        closing(listener),  # first of all when stopping: a new call is refused, not lost
    ):
        refuse_unprotected(settings)
        redis_url = settings.redis_url
        if redis_url is None and settings.workers:
            redis_url = _embed(Path(folder), family, signals)
        env = start.environment(settings, redis_url) | start.counting(Path(folder))
        family.start(recipes.workers(settings.workers, env, vital=False))
        family.start(recipes.web(listener, env))
        _mind(family, signals, lambda waited: _open(settings, redis_url, family, waited))


def work(settings: Settings, signals: StopSignals) -> None:
    """Workers alone, for the queue at CDS_REDIS_URL. Raises CdsError and GaveUp as `serve`."""
    redis_url = settings.redis_url
    if redis_url is None:
        raise SettingsError("CDS_REDIS_URL", "must be set: workers find their jobs there")
    if not settings.workers:
        raise SettingsError("CDS_WORKERS", "must be at least 1 for workers alone")
    start.check_shelf(settings)
    with Family(signals) as family:
        env = start.environment(settings, redis_url)
        family.start(recipes.workers(settings.workers, env, vital=True))
        _mind(family, signals, lambda _: _at_work(settings, redis_url, family))


def _embed(folder: Path, family: Family, signals: StopSignals) -> str:
    """The address of the embedded Valkey once it takes commands."""
    family.start([embedded.valkey(folder)])
    deadline = time.monotonic() + VALKEY_PATIENCE
    while not (embedded.answers(folder) or signals.count):
        if time.monotonic() > deadline:
            raise GaveUp("the embedded valkey does not answer")
        family.tend()
    return embedded.url(folder)


def _mind(family: Family, signals: StopSignals, greeting: Callable[[float], str | None]) -> None:
    """Tend the family until told to stop; say the greeting once there is one.

    `greeting` is asked with the seconds waited so far.
    """
    began, greeted = time.monotonic(), False
    while not signals.count:
        family.tend()
        if not greeted and (text := greeting(time.monotonic() - began)) is not None:
            click.echo(text)
            greeted = True
            family.settle()


def _open(settings: Settings, redis_url: str | None, family: Family, waited: float) -> str | None:
    """The welcome, as soon as the web server answers and its workers have signed on."""
    if not web_is_live(settings.host, settings.port):
        if waited > WEB_PATIENCE:
            raise GaveUp("the web server does not answer")
        return None
    signed_on = workers_here(redis_url) & family.pids if redis_url else set()
    if len(signed_on) < settings.workers and waited < WORKER_PATIENCE:
        return None
    return welcome(settings, len(signed_on))


def _at_work(settings: Settings, redis_url: str, family: Family) -> str | None:
    ready = workers_here(redis_url) >= family.pids
    return (
        f"Careladder: workers ready for jobs: {settings.workers}. Ctrl-C stops." if ready else None
    )
