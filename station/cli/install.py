"""`labelstation install`: the commands that make a service of a checkout, printed or performed."""

import os
import subprocess
from pathlib import Path
from typing import Annotated

import typer

import station
from station.cli.terminal import BAD, language, refusals
from station.cli.terminal import say as print_line
from station.core.problem import Problem, Refused, problem
from station.installation import PREFIX, Command, Installation, Step
from station.language import say, sentence, tell

_THERE = sentence("there already: {command}")
_THEN = sentence("Then:")
_BACK = sentence("To go back:")
_RECORDS = sentence(
    "If the old release refuses the records of the new one, restore the backup: see"
    " docs/install.md."
)


def install(
    *,
    upgrade: Annotated[
        bool, typer.Option("--upgrade", help="Replace the release that runs.")
    ] = False,
    perform: Annotated[
        bool, typer.Option("--perform", help="Do it, as root; otherwise it is only printed.")
    ] = False,
    source: Annotated[
        Path, typer.Option("--from", help="A checkout or an unpacked release.")
    ] = Path(station.__file__).parents[1],
    prefix: Annotated[Path, typer.Option(help="Where the releases are.")] = PREFIX,
    root: Annotated[
        Path | None, typer.Option(help="Lay the files out below this folder, and nothing else.")
    ] = None,
) -> None:
    """Print the commands that install or upgrade a station, or perform them."""
    with refusals(BAD):
        plan = Installation.of(source, prefix=prefix, root=root.absolute() if root else None)
        steps = plan.upgrade() if upgrade else plan.first()
        back = _lines(plan.go_back()) if upgrade else ()
        try:
            if perform:
                _perform(steps, root=root)
            else:
                _print(steps)
        finally:
            # Whoever stands before a station that was stopped and not started needs it most.
            if upgrade:
                _tell(_BACK, back)
                print_line(f"# {say(_RECORDS, language())}")
        if not upgrade:
            _tell(_THEN, plan.afterwards())


def _tell(heading: str, lines: tuple[str, ...]) -> None:
    print_line(f"\n# {say(heading, language())}")
    for line in lines:
        print_line(line)


def _lines(steps: tuple[Step, ...]) -> tuple[str, ...]:
    return tuple(str(command) for step in steps for command in step.commands)


def _print(steps: tuple[Step, ...]) -> None:
    """As a script: what is said stands in comments."""
    print_line("umask 022")
    for number, step in enumerate(steps, start=1):
        print_line(f"\n# {_heading(step, number, len(steps))}")
        for command in step.commands:
            print_line(str(command))


def _heading(step: Step, number: int, count: int) -> str:
    return f"{number}/{count}  {tell(step.says, language())}"


def _perform(steps: tuple[Step, ...], *, root: Path | None) -> None:
    """Raises Refused at the first command that fails; what follows it is not done."""
    if root is None and os.geteuid() != 0:
        raise Refused(problem("Only root can perform this: use sudo, or leave out --perform."))
    for number, step in enumerate(steps, start=1):
        print_line(f"{_heading(step, number, len(steps))}")
        for command in step.commands:
            _do(command, number, len(steps))


def _do(command: Command, number: int, count: int) -> None:
    if command.unless and _ended(command.unless, quiet=True) == 0:
        print_line(f"   {say(_THERE, language(), command=Command(command.words))}")
        return
    print_line(f"   {Command(command.words)}")
    code = _ended(command.words)
    if code:
        raise Refused(_failed(command, number, count, code))


def _failed(command: Command, number: int, count: int, code: int) -> Problem:
    return problem(
        "Step {number} of {count} failed: `{command}` ended with {code}. Nothing after it was"
        " done.",
        number=number,
        count=count,
        command=str(Command(command.words)),
        code=code,
    )


def _ended(words: tuple[str, ...], *, quiet: bool = False) -> int:
    """How a command ended; 127 where there is none of this name, as a shell says it."""
    output = subprocess.DEVNULL if quiet else None
    try:
        return subprocess.run(  # noqa: S603 - words of station.installation, no shell
            words,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            umask=0o022,
        ).returncode
    except OSError:
        return 127
