"""The command `ripely`: a table of commands, each in a file of its own that is read when used."""

from importlib import import_module
from keyword import iskeyword

import click
from typing_extensions import override

from ripely.cli.supervised import end_with_parent
from ripely.settings import SettingsError, export

# Name -> what it does. The command itself is `command` in `ripely/cli/<name>.py`.
COMMANDS = {
    "archive": "Keep history in the archive, as it happens.",
    "apply": "Publish a folder of definitions.",
    "check": "Check a folder of definitions: everything wrong at once.",
    "createuser": "Create an account for signing in.",
    "demo": "Run everything with a demo company and its visitors.",
    "diff": "Show what publishing a folder of definitions would change.",
    "library": "List the ready-made automations, and put some in force.",
    "feasibility": "Reckon whether a journey is worth it.",
    "forecast": "Foretell who leaves after a message of a journey.",
    "find-automations": "Find what is done by hand again and again.",
    "forget": "Forget a contact everywhere.",
    "held": "Count what was held back, and why.",
    "results": "Show what all sources tell, and what came of it.",
    "timing": "Say when people buy again.",
    "why": "Say why, about one contact, and what comes next.",
    "pause": "Hold everybody in a journey where they are.",
    "resume": "Let a paused journey go on.",
    "rollback": "Publish an earlier version of a definition again.",
    "doctor": "Look for what is wrong inside.",
    "take-over": "Send from a database that was restored or moved.",
    "schema": "Print the JSON Schema of definitions.",
    "preview": "Walk a person through a journey before anybody is in it.",
    "paths": "Show every way through a journey, and what never happens.",
    "backtest": "Try a journey on the past before it is switched on.",
    "jobs": "Work at what takes long: backtests.",
    "dispatch": "Send messages and do whatever else was decided.",
    "mailbox": "Take all mail and show it in the demo's mailbox.",
    "messages": "Look at messages that came too late: let them go, or drop them.",
    "import": "Import what happened before, or elsewhere, from files.",
    "events": "Count what happened.",
    "export": "Write events of the archive to a file.",
    "sql": "Ask the archive a question in SQL.",
    "migrate": "Bring the database up to date.",
    "start": "Start a journey for a contact.",
    "serve": "Run everything: database, pages, workers and dispatcher.",
    "worker": "Fold events as they come.",
    "web": "Answer web requests: collection, pages and API.",
}


class Commands(click.Group):
    """Reads a command's file only when the command is used, so that the list is quick."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = cmd_name.replace("-", "_")
        module += "_" if iskeyword(module) else ""
        export("PGAPPNAME", f"ripely {cmd_name}")  # Who it is that works on the database.
        found = import_module(f"ripely.cli.{module}").command
        assert isinstance(found, click.Command)
        return found

    @override
    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name]) for name in self.list_commands(ctx)])


@click.group(cls=Commands)
@click.option("--supervised", is_flag=True, hidden=True)
def ripely(*, supervised: bool) -> None:
    """Ripely: marketing automation that knows how ripe each contact is."""
    if supervised:
        end_with_parent()


def main() -> None:
    try:
        ripely()
    except SettingsError as wrong:
        raise SystemExit(f"ripely: {wrong}") from None


if __name__ == "__main__":
    main()
