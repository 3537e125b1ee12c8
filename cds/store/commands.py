"""The command `cds report`."""

from __future__ import annotations

from datetime import datetime

import click
import orjson
from sqlalchemy.exc import SQLAlchemyError

from cds.errors import StoreUnavailable
from cds.settings import Settings
from cds.store.database import Database
from cds.store.report import Report, Scope, report


@click.command("report")
@click.option("--since", metavar="DATE", help="Answers from then on: 2026-11-01 or an instant.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def report_command(*, since: str | None, as_json: bool) -> None:
    """Show what became of the cards: fired, accepted, overridden and why, and no signal.

    Counted per level, hook and criterion, from the database of the service: CDS_DATABASE_URL, or
    the file in CDS_DATA_DIR. Each card counts once, by the last that was told of it.
    """
    settings = Settings()
    found = read(settings, begin(since, settings))
    if as_json:
        click.echo(orjson.dumps(found.wire(), option=orjson.OPT_INDENT_2))
    else:
        click.echo("\n".join(found.lines()))


def begin(since: str | None, settings: Settings) -> datetime | None:
    """The first instant to count; a date begins in the zone of the service."""
    if since is None:
        return None
    try:
        found = datetime.fromisoformat(since)
    except ValueError:
        message = "write a date such as 2026-11-01, or an instant"
        raise click.BadParameter(message, param_hint="--since") from None
    return found if found.tzinfo else found.replace(tzinfo=settings.zone)


def read(settings: Settings, since: datetime | None) -> Report:
    """The report, or one line that says there is no database to read."""
    database = Database(settings)
    try:
        with database.read() as connection:
            return report(connection, Scope(since))
    except (StoreUnavailable, SQLAlchemyError) as error:
        cause = type(error.__cause__ or error).__name__
        raise click.ClickException(f"the database cannot be read: {cause}") from None
    finally:
        database.close()
