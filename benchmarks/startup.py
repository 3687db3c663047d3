"""How long the command line takes to answer when there is nothing to do; writes startup.md.

python benchmarks/startup.py [--runs 15]

``--help`` and shell completion, beside Python that does nothing and Python that imports Click or
shows the help of a Click command. All take turns.
"""

from __future__ import annotations

import argparse
import sys
import sysconfig
from pathlib import Path

from labelled import table
from measuring import machine, spread, timed, write_page

SCRIPT = Path(sysconfig.get_path("scripts")) / "pixkin"
COMPLETION = {
    "_PIXKIN_COMPLETE": "bash_complete",
    "COMP_WORDS": "pixkin cl",
    "COMP_CWORD": "1",
}
NOTHING, CLICK = "`python -c pass`", '`python -c "import click"`'
BARE_HELP = "the help of an empty Click command"
PROGRAMS: dict[str, tuple[list[str], dict[str, str]]] = {
    NOTHING: ([sys.executable, "-c", "pass"], {}),
    CLICK: ([sys.executable, "-c", "import click"], {}),
    BARE_HELP: ([sys.executable, "-c", "import click; click.Command('x').main(['--help'])"], {}),
    "`pixkin --help`": ([str(SCRIPT), "--help"], {}),
    "completion of `pixkin cl`": ([str(SCRIPT)], COMPLETION),
}
ABOUT = """
Each is a process from start to end. Ratios are taken turn by turn: medians, with the range.
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--runs", type=int, default=15)
    runs, load = options.parse_args().runs, machine()
    found: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    for i in range(runs + 1):
        for name, (command, env) in PROGRAMS.items():
            seconds = timed(command, env)
            if i:  # the first turn fills the system's cache
                found[name].append(seconds)
    rows = [
        [
            name,
            spread([1000 * seconds for seconds in times], ".0f"),
            *(ratio(times, found[other]) for other in (NOTHING, CLICK, BARE_HELP)),
        ]
        for name, times in found.items()
    ]
    beside = [f"times {other}" for other in (NOTHING, CLICK, BARE_HELP)]
    body = table([f"{runs} turns", "ms", *beside], rows)
    write_page("startup", "Starting the command line", ABOUT, body, load)


def ratio(times: list[float], others: list[float]) -> str:
    return spread([one / other for one, other in zip(times, others, strict=True)])


if __name__ == "__main__":
    main()
