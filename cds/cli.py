"""`cds`: the tool's commands, each imported only when it is used."""

import logging
from importlib import import_module
from typing import Any

import click

from cds.errors import CdsError

# name: where the click command is, and its line in `cds --help`
COMMANDS = {
    "serve": ("cds.serve.commands:serve", "Run web server, workers and an embedded Valkey."),
    "worker": ("cds.serve.commands:worker", "Run workers for the queue at CDS_REDIS_URL."),
    "replay": ("cds.replay.commands:replay_command", "Run stories and files; compare the answers."),
    "explain": ("cds.replay.commands:explain_command", "Show why a chart gets its level."),
    "check": ("cds.check.commands:check_command", "Lint the shelf; print what is unreachable."),
    "diff": ("cds.check.commands:diff_command", "Show whose level changes under another shelf."),
    "clients": ("cds.clients.commands:clients_group", "Check who may call; make keys to try it."),
    "report": ("cds.store.commands:report_command", "Show what became of the cards."),
    "purge": ("cds.store.commands:purge_command", "Delete what is older than a date."),
    "healthcheck": ("cds.serve.commands:healthcheck", "Say whether the service here is alive."),
}


class Refused(click.ClickException):
    """The environment or a file of the shelf is wrong: one line and exit status 2."""

    exit_code = 2


class Commands(click.Group):
    """Looks a command up in COMMANDS; one of our errors in it becomes one line."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name][0].split(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except CdsError as error:
            raise Refused(str(error)) from None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="careladder")
def main() -> None:
    """Careladder: which level of psychiatric care does the chart support?"""
    # What a terminal is to know of the data stands in the notes of each answer.
    logging.getLogger("cds").addHandler(logging.NullHandler())
