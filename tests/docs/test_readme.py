"""The README is true: its commands run as written, its edits apply, its tables are complete."""

import re
import shutil

import pytest
from checkout import PROJECT, blocks, checkout, commands, is_as_shown

from cds.cli import COMMANDS
from cds.settings import PREFIX, Settings
from cds.shelf import load_knowledge

README = (PROJECT / "README.md").read_text()
FIRST, _, EDITING = README.partition("## Change a criterion")
OPEN, _, GUARDED = FIRST.partition("### With known callers only")
LONGEST = 260
NEED = "cds/knowledge/criteria/need.toml"


@pytest.mark.skipif(shutil.which("curl") is None, reason="the README calls with curl")
def test_the_commands_against_a_server_do_what_is_shown(tmp_path):
    copy = checkout(tmp_path)
    with copy.served():
        for block in blocks(OPEN, "console"):
            for command, shown in commands(block):
                done = copy.run(command)
                # Whether the stories are as accepted is asked elsewhere, story by story.
                fine = (0, 1) if "cds replay" in command else (0,)
                assert done.returncode in fine, f"{command}\n{done.stdout}"
                assert is_as_shown(done.stdout, shown), f"{command}\n{done.stdout}"


@pytest.mark.skipif(shutil.which("curl") is None, reason="the README calls with curl")
def test_a_known_caller_is_served_as_shown_and_nobody_else(tmp_path):
    copy = checkout(tmp_path)
    before, calls = blocks(GUARDED, "console")
    (keygen, shown), (serve, _) = commands(before)
    assert is_as_shown(copy.run(keygen).stdout, shown)
    with copy.served(**dict(word.split("=") for word in serve.split()[:-2])):
        for command, shown in commands(calls):
            done = copy.run(command)
            assert done.returncode == 0, f"{command}\n{done.stdout}"
            assert is_as_shown(done.stdout, shown), f"{command}\n{done.stdout}"


def test_the_edit_of_a_threshold_fails_as_shown_and_is_put_right_as_shown(tmp_path):
    copy = checkout(tmp_path)
    threshold, examples = blocks(EDITING, "diff")
    ((command, shown),) = commands(blocks(EDITING, "console")[0])
    copy.edit(NEED, threshold)
    done = copy.run(command)
    assert done.returncode == 2
    assert is_as_shown(done.stdout, shown), done.stdout
    copy.edit(NEED, examples)
    # Stories may now differ (1), but the shelf loads again.
    assert copy.run(command).returncode in (0, 1)


def test_every_setting_is_in_the_table_and_no_other():
    table = README.partition("### Settings")[2].partition("## ")[0]
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    assert set(re.findall(r"`(CDS_\w+)`", table)) == known
    assert set(re.findall(r"CDS_\w+", README)) == known


def test_every_command_is_in_the_table_and_no_other():
    assert set(re.findall(r"^\| `cds (\w+)", README, re.MULTILINE)) == set(COMMANDS)


def test_every_verb_of_make_exists():
    targets = set(re.findall(r"^(\w+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"make (\w+)`?", README)) & targets == {"run", "test", "bench"}


def test_every_file_it_names_exists():
    paths = re.findall(r"[(`@]((?:cds|fixtures|benchmarks)/[\w./-]+)", README)
    assert paths
    assert all((PROJECT / path).exists() for path in paths)


def test_it_can_be_read_in_one_sitting():
    assert len(README.splitlines()) < LONGEST


def test_every_level_and_status_is_in_the_table():
    table = README.partition("| member | what |")[2].partition("\n\n")[0]
    levels = load_knowledge().rules.levels
    known = {level.code for level in levels} | {level.status for level in levels}
    assert known <= set(re.findall(r"`([\w-]+)`", table))
