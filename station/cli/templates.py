"""`labelstation template`: the life of a design, from its first check to its retirement.

A design is looked at before two people let it print: checked, drawn, printed as a proof, and
compared with the one that prints now.
"""

from collections.abc import Iterator
from typing import Annotated

import typer

from station.app import Workshop, approvals_of, decide
from station.artwork.design import Design
from station.cli import designs, terminal
from station.cli.designs import Name, Revision
from station.cli.terminal import (
    BAD,
    UNREADABLE,
    AsJson,
    ConfigFile,
    configuration,
    fail,
    refusals,
    tell,
)
from station.config import Config
from station.core.approval import Approval, DesignState, state_of
from station.core.problem import Refused, problem
from station.language import say, sentence
from station.line.board import Approve, Retire
from station.line.control import Decision

app = typer.Typer(no_args_is_help=True, help="Label templates: draft, approved, retired.")
app.command()(designs.check)
app.command()(designs.proof)
app.command()(designs.diff)

SHORT = 12
"""Digits of a digest that are shown where it only tells two designs apart."""

LEAST_PREFIX = 8
"""Digits of a digest that name a design to whoever approves it."""

By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who decides.")]
Reason = Annotated[str, typer.Option(metavar="TEXT", help="Why, in one line.")]
_STATES = {
    DesignState.DRAFT: sentence("draft"),
    DesignState.CHANGED: sentence("draft: changed since it was approved"),
    DesignState.APPROVED: sentence("approved"),
    DesignState.RETIRED: sentence("retired"),
}


@app.command()
def approve(
    name: Name,
    revision: Revision,
    *,
    author: Annotated[str, typer.Option(metavar="NAME", help="Who designed it.")] = "",
    by: By = "",
    reason: Reason = "",
    digest: Annotated[
        str, typer.Option(metavar="PREFIX", help="Of the design that was looked at.")
    ] = "",
    config: ConfigFile = None,
) -> None:
    """Let labels be printed from exactly this design, by two people."""
    with refusals(BAD):
        settings = configuration(config)
        template = Workshop.open(settings).library.template(name, revision)
        tell(
            problem(
                "Template {name} {revision}: SHA-256 {digest}.",
                name=name,
                revision=revision,
                digest=template.digest,
            )
        )
        _check_prefix(template, digest)
        _decide(settings, Approve(name, revision, template.digest, author, reason), by=by)
        tell(
            problem(
                "Template {name} {revision} is approved: labels may be printed from it.",
                name=name,
                revision=revision,
            )
        )


@app.command()
def retire(
    name: Name,
    revision: Revision,
    *,
    by: By = "",
    reason: Reason = "",
    config: ConfigFile = None,
) -> None:
    """Let nothing be printed any more from any design of this name and revision."""
    with refusals(BAD):
        _decide(configuration(config), Retire(name, revision, reason), by=by)
        tell(
            problem(
                "Template {name} {revision} is retired: nothing is printed from it any more.",
                name=name,
                revision=revision,
            )
        )


@app.command("list")
def list_(*, config: ConfigFile = None, as_json: AsJson = False) -> None:
    """Every design there is, and whether labels may be printed from it."""
    with refusals(UNREADABLE):
        settings = configuration(config)
        rows = tuple(_rows(Workshop.open(settings), approvals_of(settings)))
    for template, approval in rows:
        if as_json:
            terminal.say_json(_row_json(template, approval))
        else:
            terminal.say(_line(template, approval))


def _rows(
    workshop: Workshop, approvals: tuple[Approval, ...]
) -> Iterator[tuple[Design | None, Approval | None]]:
    """Every design on file with its approval, then approvals whose file is gone."""
    known = {(each.name, each.revision): each for each in approvals}
    templates = workshop.library.templates
    for key in sorted(templates):
        yield templates[key], known.get(key)
    for key in sorted(known.keys() - templates.keys()):
        yield None, known[key]


# -- what is shown -------------------------------------------------------------------------


def _row_json(template: Design | None, approval: Approval | None) -> dict[str, object]:
    retired = approval.retired if approval else None
    return {
        "name": _name(template, approval)[0],
        "revision": _name(template, approval)[1],
        "state": _state(template, approval),
        "digest": template.digest if template else None,
        "approved": approval.digest if approval else None,
        "author": approval.author if approval else None,
        "approver": approval.approver if approval else None,
        "reason": approval.reason if approval else None,
        "since": approval.at.isoformat() if approval else None,
        "retired_by": retired.by if retired else None,
        "retired_reason": retired.reason if retired else None,
        "retired_since": retired.at.isoformat() if retired else None,
    }


def _line(template: Design | None, approval: Approval | None) -> str:
    language = terminal.language()
    state = say(_STATES[_state(template, approval)], language)
    parts = [
        " ".join(_name(template, approval)),
        state if template else say("{state}; there is no file", language, state=state),
        template.digest[:SHORT] if template else "–",
    ]
    if approval:
        approver = approval.approver.partition(" (")[0]
        since = (approval.retired or approval).at
        parts += [f"{approval.author} + {approver}", since.astimezone().date().isoformat()]
    return "  ".join(parts)


def _name(template: Design | None, approval: Approval | None) -> tuple[str, str]:
    of = template or approval
    assert of, "a row is of one of them"
    return of.name, of.revision


def _state(template: Design | None, approval: Approval | None) -> DesignState:
    if template:
        return state_of(template.digest, approval)
    assert approval, "a row is of one of them"
    return state_of(approval.digest, approval)


def _check_prefix(template: Design, prefix: str) -> None:
    """Raises Refused when another design was looked at than the file is now."""
    if not prefix:
        return
    if len(prefix) < LEAST_PREFIX or not template.digest.startswith(prefix.casefold()):
        raise Refused(
            problem(
                "The design you looked at begins with {expected}, this one with {got}: expected the"
                " first {least} digits or more of the same.",
                expected=prefix[:64],
                got=template.digest[:SHORT],
                least=LEAST_PREFIX,
            )
        )


def _decide(settings: Config, decision: Decision, *, by: str) -> None:
    if not decide(settings, decision, by=by):
        fail(say("The station is busy; it does this when the label in hand is done.",
                 terminal.language()))  # fmt: skip
