"""The command line as a whole: what commands there are. Each is loaded when it is called."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Any

import click

from pixkin import __version__

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

__all__ = ["COMMANDS", "app", "command"]

COMMANDS = {
    "apply": "Carry out a PLAN that was saved.",
    "cluster": "Group pictures and write a report.",
    "components": "List the encoders, clusterers and layouts there are.",
    "demo": "Write pictures to try Pixkin on, and group them.",
    "duplicates": "Find files of which one is enough, and say which to keep and why.",
    "edit": "Correct the groups: name, merge, split, move, and undo.",
    "evaluate": "Compare the groups with classes that are known.",
    "export": "Write all that a library knows of its pictures and groups.",
    "flags": "List pictures that may be bad: blurred, dark, tiny and so on.",
    "import": "Take names and corrections from a CSV table that you edited.",
    "import-vectors": "Bring vectors of your own, to group by them.",
    "info": "Tell of a picture: its group, why, its flags, what is like it, and its copies.",
    "library": "Look after a library: its folders, what it holds, whether it is sound.",
    "list": "List the groups, the largest first.",
    "open": "Look at the groups in the browser, and correct them.",
    "organize": "File pictures into folders in DEST, by their groups or dates.",
    "outliers": "List the pictures that are far less typical than their group.",
    "sample": "Choose pictures that differ, to label or to look at.",
    "search": "Find the pictures that are like some, and unlike others.",
    "share": "Write a page with the groups into DIR, which opens anywhere, without Pixkin.",
    "show": "Show a group: its members, and what happened to it.",
    "sidecars": "Write the names of groups as keywords into XMP beside the pictures.",
    "trash": "Look into the trash that duplicates go to, bring files back, and empty it.",
    "undo": "Take back what was done with files: the last of it, or a certain one.",
    "update": "Follow new, changed, moved and deleted files, without grouping anew.",
    "watch": "Stay, and update whenever files have come, gone or changed.",
}
HOMES = {
    "apply": "filing",
    "duplicates": "duplicates",
    "edit": "edit",
    "export": "export",
    "flags": "duplicates",
    "import": "importing",
    "import-vectors": "bring",
    "info": "groups",
    "library": "library",
    "list": "groups",
    "open": "serving",
    "organize": "filing",
    "outliers": "search",
    "sample": "search",
    "search": "search",
    "share": "sharing",
    "show": "groups",
    "sidecars": "sidecars",
    "trash": "trash",
    "undo": "filing",
    "update": "update",
    "watch": "watch",
}
"""The modules of commands that are not in `commands`."""
SPELLED = {
    "apply": "apply_plan",
    "import": "import_corrections",
    "import-vectors": "import_vectors",
    "info": "show_picture",
    "list": "list_groups",
    "open": "open_page",
    "show": "show_group",
    "undo": "undo_filing",
}
"""What they are called there, where that is not their name."""
GLOBAL_OPTIONS = {"--help", "-h", "--version"}
DEFAULT_COMMAND = "cluster"
CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


def command(name: str) -> click.Command:
    """Give a command with all its options, which take as long to make as Click to import."""
    import importlib

    module = importlib.import_module(f"pixkin.cli.{HOMES.get(name, 'commands')}")
    found: click.Command = getattr(module, SPELLED.get(name, name))
    return found


class Group(click.Group):
    """``pixkin PATH...`` is short for ``pixkin cluster PATH...``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        debug = [word for word in args[:1] if word == "--debug"]
        words = args[len(debug) :] or ["--help"]
        if words[0] not in GLOBAL_OPTIONS:
            if words[0] not in self.commands:
                if not words[0].startswith("-"):  # options may come first
                    self._check_spelling(words[0], ctx)
                words = [DEFAULT_COMMAND, *words]
            words = [words[0], *debug, *words[1:]]
        return super().parse_args(ctx, words)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, known, rest = super().resolve_command(ctx, args)
        return name, known and command(str(name)), rest

    def invoke(self, ctx: click.Context) -> Any:
        with contextlib.suppress(BrokenPipeError):  # the reader of stdout had enough
            return super().invoke(ctx)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        # The first word may be a path: the shell offers files where no command fits.
        from click.shell_completion import CompletionItem

        return [CompletionItem(incomplete, type="file"), *super().shell_complete(ctx, incomplete)]

    def _check_spelling(self, word: str, ctx: click.Context) -> None:
        import difflib

        near = difflib.get_close_matches(word, self.commands, n=1)
        if near and not os.path.lexists(word) and not ctx.resilient_parsing:
            raise click.UsageError(
                f"{word!r} is neither a path nor a command. Did you mean {near[0]!r}?"
            )


@click.group(cls=Group, context_settings=CONTEXT)
@click.version_option(__version__, prog_name="pixkin", message="%(prog)s %(version)s")
def app() -> None:
    """Find which pictures are kin: group a folder of photos by what they show, offline.

    `pixkin PATH...` is short for `pixkin cluster PATH...`.
    """


for name, about in COMMANDS.items():
    app.add_command(click.Command(name, short_help=about))
