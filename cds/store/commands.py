"""The commands `cds report` and `cds purge`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click
import orjson
from sqlalchemy.exc import SQLAlchemyError

from cds.cards.words import instant_text
from cds.errors import StoreUnavailable
from cds.settings import Settings
from cds.store.database import Database
from cds.store.outbox import FOLDER
from cds.store.purge import count, purge
from cds.store.report import Scope, report


@click.command("report")
@click.option("--since", metavar="DATE", help="Answers from then on: 2026-11-01 or an instant.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def report_command(*, since: str | None, as_json: bool) -> None:
    """Show what became of the cards: fired, accepted, overridden and why, and no signal.

    Counted per level, hook and criterion, from the database of the service: CDS_DATABASE_URL, or
    the file in CDS_DATA_DIR. Each card counts once, by the last that was told of it.
    """
    settings = Settings()
    begin = None if since is None else instant(since, "--since", settings)
    with opened(settings, "read") as database, database.read() as connection:
        found = report(connection, Scope(begin))
    if as_json:
        click.echo(orjson.dumps(found.wire(), option=orjson.OPT_INDENT_2))
    else:
        click.echo("\n".join(found.lines()))


@click.command("purge")
@click.option(
    "--before", metavar="DATE", required=True, help="Older goes: 2024-01-01 or an instant."
)
@click.option("--dry-run", is_flag=True, help="Count what would go, and delete nothing.")
def purge_command(*, before: str, dry_run: bool) -> None:
    """Delete decisions, their cards and feedback that are older than DATE.

    From the database of the service: CDS_DATABASE_URL, or the file in CDS_DATA_DIR. The service
    may run meanwhile. Nothing brings back what was deleted.
    """
    settings = Settings()
    end = instant(before, "--before", settings)
    if end > datetime.now(UTC):
        message = f"{instant_text(end)} has not come yet; nothing is older than what is to come"
        raise click.BadParameter(message, param_hint="--before")
    with opened(settings, "purged") as database:
        found = (count if dry_run else purge)(database, settings.data_dir / FOLDER, end)
    did = "Would delete" if dry_run else "Deleted"
    click.echo(f"{did} what is older than {instant_text(end)}: {found}.")


def instant(text: str, option: str, settings: Settings) -> datetime:
    """What an option says, in UTC; a date begins in the zone of the service."""
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=settings.zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        message = "write a date such as 2026-11-01, or an instant"
        raise click.BadParameter(message, param_hint=option) from None


@contextmanager
def opened(settings: Settings, done: str) -> Iterator[Database]:
    """The database, or one line that says that it cannot be `done`, read or purged."""
    database = Database(settings)
    try:
        yield database
    except (StoreUnavailable, SQLAlchemyError) as error:
        cause = type(error.__cause__ or error).__name__
        raise click.ClickException(f"the database cannot be {done}: {cause}") from None
    finally:
        database.close()
