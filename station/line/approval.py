"""Only approved prints: who lets a design be printed from, and the question whether somebody did.

A template file is a draft until two people have approved exactly its digest. The question is asked
when an order comes in, when it starts and when it goes on after a stop; never for a label.
See docs/decisions/0018-only-approved-prints.md.
"""

import shlex
from collections.abc import Callable

from drivers.interface import DriverError
from station.artwork.design import Design
from station.core.approval import Approval, DesignState, state_of
from station.core.events import TemplateApproved, TemplateRetired
from station.core.problem import Problem, Refused, problem
from station.line import design
from station.line.board import Approve, Retire
from station.line.desk import check_second_person
from station.line.library import Library
from station.line.specimen import Press
from station.records.evidence import Evidence
from station.records.journal import Journal
from station.records.templates import Templates


class Approvals:
    """Needs no device, so it serves a station that stands still as well."""

    def __init__(
        self,
        *,
        journal: Journal,
        evidence: Evidence,
        press: Callable[[], Press],
        sign: Callable[[str], None] = lambda _why: None,
    ) -> None:
        """`press` gives what the station prints with; it is asked only where a design is looked at.
        `sign(why)` keeps the head of the journal in its second place: an end of it that is cut
        off could hide a retirement.
        """
        self._journal = journal
        self._evidence = evidence
        self._press = press
        self._sign = sign
        self._templates = Templates(journal.db)

    def approve(self, request: Approve, *, actor: str) -> None:
        """Record that two people let this design be printed from, and keep the design itself.

        Raises Refused; DriverError where it is recorded and not signed.
        """
        self._check_begun()
        press = self._press()
        template = press.library.template(request.template, request.revision)
        check_second_person(actor, request.author)
        _check_seen(template, request.digest)
        self._check_open(template)
        _check_design(template, press)
        self._keep(template)
        self._journal.append(
            TemplateApproved(
                name=template.name,
                revision=template.revision,
                digest=template.digest,
                author=request.author,
                approver=actor,
                reason=request.reason,
                font=press.font.digest,
                dots_per_mm=press.dots_per_mm,
                profiles=press.profiles,
            ),
            actor=actor,
        )
        self._sign("template")

    def retire(self, request: Retire, *, actor: str) -> None:
        """Record that no design of this name and revision prints any more.

        Raises Refused; DriverError where it is recorded and not signed.
        """
        approval = self._templates.approval(request.template, request.revision)
        if approval is None:
            raise Refused(
                problem(
                    "Template {name} {revision} was never approved, so there is nothing to retire.",
                    name=request.template,
                    revision=request.revision,
                )
            )
        if approval.retired:
            raise Refused(_retired(approval))
        retired = TemplateRetired(
            name=request.template, revision=request.revision, reason=request.reason
        )
        self._journal.append(retired, actor=actor)
        self._sign("template")

    def _check_begun(self) -> None:
        """A design kept beside a journal whose first event is lost looks like lost records."""
        if not self._journal.head.seq:
            raise Refused(
                problem(
                    "No station has run here yet: start it once with `labelstation run`, then"
                    " approve."
                )
            )

    def _check_open(self, template: Design) -> None:
        approval = self._templates.approval(template.name, template.revision)
        match state_of(template.digest, approval):
            case DesignState.APPROVED:
                raise Refused(
                    problem(
                        "Template {name} {revision} is approved already.",
                        name=template.name,
                        revision=template.revision,
                    )
                )
            case DesignState.RETIRED if approval:
                raise Refused(_retired(approval))

    def _keep(self, template: Design) -> None:
        try:
            self._evidence.keep(template.canonical, suffix=".json")
        except DriverError as fault:
            raise Refused(problem("Still not ready: {why}.", why=str(fault))) from None


def check_approved(template: Design, approval: Approval | None) -> None:
    """Raises Refused unless labels may be printed from the design.

    `approval` is the last one of its name and revision.
    """
    check_digest(template.name, template.revision, digest=template.digest, approval=approval)


def check_digest(name: str, revision: str, *, digest: str, approval: Approval | None) -> None:
    """The same where only the digest of the design is known."""
    match state_of(digest, approval):
        case DesignState.RETIRED if approval:
            raise Refused(_retired(approval))
        case DesignState.CHANGED if approval:
            raise Refused(_changed(approval, digest))
        case DesignState.DRAFT:
            raise Refused(_draft(name, revision))


def _draft(name: str, revision: str) -> Problem:
    return problem(
        "Template {name} {revision} is a draft: nothing is printed from it until two people approve"
        " it: {command}",
        where="template",
        name=name,
        revision=revision,
        command=_command(name, revision),
    )


def _changed(approval: Approval, digest: str) -> Problem:
    return problem(
        "Template {name} {revision} was changed since it was approved: approved is {expected}, the"
        " file is {got}. Put the file back, or let two people approve it: {command}",
        where="template",
        name=approval.name,
        revision=approval.revision,
        expected=approval.digest[:12],
        got=digest[:12],
        command=_command(approval.name, approval.revision),
    )


def _retired(approval: Approval) -> Problem:
    assert approval.retired, "the caller has looked"
    return problem(
        "Template {name} {revision} was retired on {day} by {by}: {reason}. A design that is wanted"
        " again needs another revision.",
        where="template",
        name=approval.name,
        revision=approval.revision,
        day=approval.retired.at.date().isoformat(),
        by=approval.retired.by,
        reason=approval.retired.reason,
    )


def _check_design(template: Design, press: Press) -> None:
    design.check(
        template,
        library=press.library,
        font=press.font,
        dots_per_mm=press.dots_per_mm,
        today=press.today,
    )


def _check_seen(template: Design, digest: str) -> None:
    """A station reads its templates once; a file may be another one by now."""
    if template.digest != digest:
        raise Refused(
            problem(
                "The running station has another design of template {name} {revision}, {got}, than"
                " the file you looked at, {expected}: restart the station, then approve.",
                name=template.name,
                revision=template.revision,
                expected=digest[:12],
                got=template.digest[:12],
            )
        )


def _command(name: str, revision: str) -> str:
    """What to type; a name can hold anything a shell would take for something else."""
    words = shlex.join(("labelstation", "template", "approve", name, revision))
    return f"{words} --author NAME --by NAME --reason TEXT"


def requests(library: Library, *, author: str, reason: str) -> tuple[Approve, ...]:
    """What asks for the approval of every design there is; for a demonstration."""
    return tuple(
        Approve(each.name, each.revision, each.digest, author, reason)
        for each in library.templates.values()
    )
