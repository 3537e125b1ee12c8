"""The commands that run the service: `cds serve`, `cds worker` and `cds healthcheck`."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from cds.serve.processes import StopSignals
    from cds.settings import Settings


@click.command
def serve() -> None:
    """Run the web server, its workers and an embedded Valkey.

    Settings come from the environment: CDS_HOST, CDS_PORT, CDS_WORKERS and others. With
    CDS_REDIS_URL set no Valkey is embedded; with CDS_WORKERS=0 the web server answers alone.
    """
    from cds.serve.processes import StopSignals

    signals = StopSignals()  # before the slow imports: Ctrl-C is always answered politely
    from cds.serve import run

    _run(run.serve, signals)


@click.command
def worker() -> None:
    """Run CDS_WORKERS workers for the queue at CDS_REDIS_URL, without a web server."""
    from cds.serve.processes import StopSignals

    signals = StopSignals()
    from cds.serve import run

    _run(run.work, signals)


@click.command
@click.option("--worker", is_flag=True, help="Ask for a worker of this machine, not for the web.")
@click.pass_context
def healthcheck(context: click.Context, *, worker: bool) -> None:
    """Say by the exit status whether the service here is alive: 0 is yes, 1 is no."""
    from cds.serve.health import web_is_live, workers_here
    from cds.settings import Settings

    settings = Settings()
    if worker:
        alive = bool(settings.redis_url and workers_here(settings.redis_url, patience=2.0))
    else:
        alive = web_is_live(settings.host, settings.port, patience=2.0)
    context.exit(0 if alive else 1)


def _run(job: "Callable[[Settings, StopSignals], None]", signals: "StopSignals") -> None:
    from cds.serve.processes import GaveUp
    from cds.settings import Settings

    try:
        job(Settings(), signals)
    except GaveUp as error:
        raise click.ClickException(str(error)) from None
