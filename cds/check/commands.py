"""The commands `cds check` and `cds diff`."""

from __future__ import annotations

from pathlib import Path

import click
import orjson

from cds.check import report
from cds.check.diff import changes
from cds.check.reach import Gap, never_met, unreachable, unreached
from cds.check.shelves import shelf_of
from cds.check.statements import PAGE, page
from cds.check.stories import Told, items, told
from cds.settings import Settings
from cds.shelf import SHELF, Knowledge, load_knowledge
from cds.stories.read import Unreadable

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
STORIES = Path("fixtures/fhir")


@click.command("check")
@click.option("--site", type=FILE, help="A site file to add (default: CDS_SITE_KNOWLEDGE).")
@click.option("--shelf", type=FOLDER, default=SHELF, help="The shelf (default: the built-in one).")
@click.option("--stories", type=FOLDER, help="Stories to run (default: fixtures/fhir, if there).")
@click.option("--write-docs", is_flag=True, help=f"Write {PAGE}, and check nothing.")
@click.pass_context
def check_command(
    context: click.Context,
    *,
    site: Path | None,
    shelf: Path,
    stories: Path | None,
    write_docs: bool,
) -> None:
    """Lint a shelf: load it, run its examples, and print what of it can never show.

    Unreachable is a criterion that nothing leads to, a level no story gets to, a value set no
    finding reads (unless its 'unused' says why), a quantity, a work or a statement nobody uses.
    Exit status: 0 when nothing is, 1 when something is, 2 when the shelf or a story is broken.
    """
    settings = Settings()
    knowledge = load_knowledge(site or settings.site_knowledge, shelf)
    if write_docs:
        PAGE.write_text(page(knowledge), encoding="utf-8")
        return
    folder = stories or (STORIES if STORIES.is_dir() else None)
    run = _told(folder, knowledge, settings) if folder else None
    gaps, remarks = _looked_at(knowledge, run)
    click.echo(report.checked(knowledge, gaps, remarks, None if run is None else len(run)))
    context.exit(1 if gaps else 0)


def _told(folder: Path, knowledge: Knowledge, settings: Settings) -> list[Told]:
    try:
        return [told(item, knowledge, settings) for item in items(folder)]
    except Unreadable as error:
        raise click.UsageError(str(error)) from None


def _looked_at(knowledge: Knowledge, run: list[Told] | None) -> tuple[list[Gap], list[str]]:
    """What is unreachable, and what is only worth knowing."""
    rules = knowledge.rules
    drafts = sum(one.review == "draft" for one in rules.criteria)
    kept = sum(one.unused is not None for one in knowledge.terminology.value_sets.values())
    remarks = [
        f"{drafts} of {len(rules.criteria)} criteria are drafts.",
        f"{kept} value sets are kept though no finding reads them; 'unused' says why.",
    ]
    if run is None:
        return unreachable(knowledge), remarks
    assessments = [one.assessment for one in run if one.assessment is not None]
    if silent := never_met(knowledge, assessments):
        remarks.append(f"Met in no story: {', '.join(silent)}.")
    remarks += [f"{one.path} is refused: {one.refusal}" for one in run if one.assessment is None]
    return unreachable(knowledge) + unreached(knowledge, assessments), remarks


@click.command("diff")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option("--on", "folder", type=FOLDER, required=True, help="The stories to run.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def diff_command(
    context: click.Context, *, old: str, new: str, folder: Path, as_json: bool
) -> None:
    """Show which stories change level or status between two shelves, and why.

    OLD and NEW are each - for the built-in shelf, a folder with a shelf, a site file to add to the
    built-in shelf, or a git revision of this project. Exit status: 0 when no story changes, 1 when
    one does, 2 when a shelf or a story is broken.
    """
    settings = Settings()
    before, after = shelf_of(old), shelf_of(new)
    try:
        found = list(changes(items(folder), before, after, settings))
    except Unreadable as error:
        raise click.UsageError(str(error)) from None
    changed = [one for one in found if one is not None]
    unchanged = len(found) - len(changed)
    if as_json:
        told_all = report.document(changed, unchanged, before, after)
        click.echo(orjson.dumps(told_all, option=orjson.OPT_INDENT_2))
    else:
        click.echo(report.differing(changed, unchanged))
    context.exit(1 if changed else 0)
