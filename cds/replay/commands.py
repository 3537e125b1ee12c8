"""The commands `cds replay` and `cds explain`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
import orjson

from cds.clients.sign import Sign, signer
from cds.replay import report
from cds.replay.ask import Ask, Unreachable, in_process, over_http
from cds.replay.explain import explanation
from cds.replay.golden import BASE_URL
from cds.replay.page import page
from cds.replay.run import ANSWERED, AS_EXPECTED, Result, replay
from cds.request import instant
from cds.settings import Settings
from cds.shelf import load_knowledge
from cds.stories.read import Unreadable, find, read

LONG_RUN = 20  # from so many on a bar shows how far it is


class Instant(click.ParamType[datetime]):
    """An instant with its zone."""

    name = "instant"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        try:
            return value if isinstance(value, datetime) else instant(value)
        except ValueError:
            self.fail("write an instant with its zone, such as 2024-02-29T12:00:00Z", param, ctx)


PATHS = click.Path(exists=True, path_type=Path)
OUT = click.Path(dir_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("replay")
@click.argument("paths", nargs=-1, required=True, type=PATHS, metavar="PATH...")
@click.option("--url", metavar="BASE", help="Ask the server at this address, not this process.")
@click.option("--sign", "key", type=FILE, help="With --url: sign each call with this private key.")
@click.option("--iss", help="With --sign: the issuer to sign as.")
@click.option("--tenant", help="With --sign: the tenant to name.")
@click.option("--jku", help="With --sign: the address of the public keys to name.")
@click.option("--accept", is_flag=True, help="Make the answers the new cards.json of the stories.")
@click.option("--diff", "whole_diff", is_flag=True, help="Show differences whole.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--html", type=OUT, metavar="FILE", help="Also write a report to open in a browser.")
@click.option("--as-of", type=Instant(), help="The instant for files that name none themselves.")
@click.pass_context
def replay_command(  # noqa: PLR0913 - one parameter for each option
    context: click.Context,
    paths: tuple[Path, ...],
    *,
    url: str | None,
    key: Path | None,
    iss: str | None,
    tenant: str | None,
    jku: str | None,
    accept: bool,
    whole_diff: bool,
    as_json: bool,
    html: Path | None,
    as_of: datetime | None,
) -> None:
    """Run stories, hook requests and FHIR files, and compare the answers with what is expected.

    A PATH is a story folder (story.toml, request.json, cards.json), a JSON file (a hook request,
    a FHIR Bundle or a single resource), or a folder of these. Exit status: 0 when every story is
    as expected and every file was answered, 1 when not, 2 when the command itself is wrong.
    """
    found = list(dict.fromkeys(one for path in paths for one in find(path)))
    if not found:
        raise click.UsageError("There is no story and no JSON file in this place.")
    if html and not html.parent.is_dir():
        raise click.UsageError(f"There is no folder for {html}.")
    sign = _signer(key, iss, tenant, jku, url)
    ask = _over_http(url, sign) if url else _in_process()
    now = datetime.now(UTC)
    results = _run(found, replay(found, ask, as_of, now, accept=accept))
    if html:
        _write(html, results, now)
    if as_json:
        click.echo(orjson.dumps(report.document(results), option=orjson.OPT_INDENT_2))
    else:
        click.echo(report.text(results, whole_diff=whole_diff))
    context.exit(0 if all(one.result in (AS_EXPECTED, ANSWERED) for one in results) else 1)


def _in_process() -> Ask:
    # Links in golden cards name no real server, whatever the environment says.
    settings = Settings().model_copy(update={"base_url": BASE_URL})
    return in_process(load_knowledge(settings.site_knowledge), settings)


def _write(html: Path, results: Sequence[Result], now: datetime) -> None:
    """The report as a file; charts may be in it, so nobody else on this machine may read it."""
    settings = Settings()
    shown = page(results, load_knowledge(settings.site_knowledge), settings, now)
    try:
        html.touch(mode=0o600)
        html.write_text(shown, encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{html}: cannot be written ({error.strerror})") from None


def _signer(
    key: Path | None, iss: str | None, tenant: str | None, jku: str | None, url: str | None
) -> Sign | None:
    """How to sign each call; raises UsageError for options that need one another."""
    if key and iss and url:
        return signer(key, iss, tenant, jku)
    if key or iss or tenant or jku:
        raise click.UsageError("To sign calls, give --url, --sign and --iss together.")
    return None


def _over_http(url: str, sign: Sign | None) -> Ask:
    try:
        return over_http(url, sign)
    except Unreachable as error:
        raise click.ClickException(str(error)) from None


def _run(found: Sequence[Path], results: Iterator[Result]) -> list[Result]:
    """All results, with a bar on the way when it may take long."""
    hidden = len(found) < LONG_RUN or not sys.stderr.isatty()
    with click.progressbar(
        results, length=len(found), label="Replaying", file=sys.stderr, hidden=hidden
    ) as bar:
        return list(bar)


@click.command("explain")
@click.argument("file", type=PATHS, metavar="FILE")
@click.option("--as-of", type=Instant(), help="The instant, where the file names none itself.")
@click.option("--all", "every", is_flag=True, help="Show every criterion of the shelf.")
def explain_command(file: Path, *, as_of: datetime | None, every: bool) -> None:
    """Show why FILE gets its level: the criteria with verdict, value, date and source.

    FILE is a story folder, a hook request, a FHIR Bundle or a single resource.
    """
    settings = Settings()
    knowledge = load_knowledge(settings.site_knowledge)
    try:
        item = read(file, as_of)
    except Unreadable as error:
        raise click.ClickException(str(error)) from None
    click.echo(explanation(item, knowledge, settings, now=datetime.now(UTC), every=every))
