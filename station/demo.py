"""`labelstation demo`: two work orders on the simulated bench, with six faults ordered.

From the line clearance to the market release, each step is signed, by people who are nobody.

Everything is the real thing but the devices at the far end of the wires: files in the inbox, ZPL
over TCP, pictures over HTTP, the journal on disk, the page in the browser.
"""

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from drivers.simulated.bench import Bench, BenchFault
from station.app import Station, binder_of, local_today, records_of
from station.config import ChallengeConfig, Config, WebConfig, WorkflowConfig
from station.core.batch import BatchRecord
from station.core.events import Outcome
from station.core.people import Role
from station.core.problem import Refused, problem
from station.core.signature import Signature
from station.core.state import LabelState, OrderState
from station.core.workflow import RULE_OF, Cleared, Step
from station.line.approval import requests
from station.line.board import (
    Board,
    Challenge,
    Close,
    Enrol,
    LabelSeen,
    Mode,
    Resume,
    Settle,
    Snapshot,
    TakeStep,
)
from station.line.challenge import words
from station.records.challenges import Challenges
from station.records.journal import broken_at, read_only
from station.records.query import Nonconformance, OrderRow, Records
from station.wording import whys

AUTHOR = "demo author"
APPROVER = "demo approver"
OPERATOR = "demo operator"
SUPERVISOR = "demo supervisor"
QUALITY = "demo quality"
REGISTRANT = "demo registrant"
ADMIN = "demo admin"

PEOPLE = {
    ADMIN: Role.ADMIN,
    OPERATOR: Role.OPERATOR,
    SUPERVISOR: Role.SUPERVISOR,
    QUALITY: Role.QUALITY,
    REGISTRANT: Role.REGISTRANT,
}
PASSWORD = "labels for show"  # noqa: S105 - of people who are nobody
"""Of all of them; the demo says so."""

SIGNERS = {
    Step.CLEARANCE: (OPERATOR, SUPERVISOR),
    Step.RELEASE: (SUPERVISOR, ""),
    Step.FIRST_ARTICLE: (OPERATOR, SUPERVISOR),
    Step.REVIEW: (QUALITY, ""),
    Step.PRODUCTION_RELEASE: (QUALITY, ""),
    Step.MARKET_RELEASE: (REGISTRANT, ""),
}
"""Who signs a step of an order, and who stands by."""

RELEASES = (Step.REVIEW, Step.PRODUCTION_RELEASE, Step.MARKET_RELEASE)

FAULTS = {
    5: BenchFault.DAMAGED,
    9: BenchFault.PREVIOUS,
    13: BenchFault.WRONG_SERIAL,
    17: BenchFault.WRONG_TEXT,
    20: BenchFault.LOST,
    23: BenchFault.PAPER_OUT,
}
"""Format number at the printer → what goes wrong with it."""

EXPECTED = {
    5: "READ.no-read",
    9: "DATA.duplicate",
    13: "DATA.serial",
    17: "TEXT.wrong",
    20: "PROCESS.none",
    23: "fault",
}
"""Label number → what the log must say. The symbol of label 17 is right, one line of it is not."""

_HC = """\
id: DEMO-HC
product: HAS-MHB-HC
level: unit
quantity: 24
production_date: {made}
serials: {{prefix: CN, start: "010123"}}
template: has-mhb-hc-unit
revision: "1"
"""

_X2 = """\
id: DEMO-X2
product: HAS-MHB-X2
level: primary
quantity: 12
lot: "{lot}"
production_date: {made}
template: has-mhb-x2-primary
revision: "1"
"""


def demo(
    *,
    folder: Annotated[Path, typer.Option(help="Where records and pictures go.")] = Path("demo"),
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the pages.")] = 8080,
    keep: Annotated[bool, typer.Option(help="Keep the pages up until Ctrl-C.")] = False,
) -> None:
    """Print 24 + 12 labels on the simulated bench, with six ordered faults and signed steps."""
    console = Console(highlight=False)
    config = Config(
        name="demo",
        data=_fresh(folder),
        web=WebConfig(port=port),
        challenge=ChallengeConfig(at_end=True),
        workflow=WorkflowConfig(
            clearance=True,
            release=True,
            first_article=1,
            review=True,
            production_release=True,
            market_release=True,
        ),
    )
    try:
        with Station(config, faults=FAULTS) as station, _running(station):
            code = _show(station, console)
            if keep or (sys.stdin.isatty() and sys.stdout.isatty() and _stay(station, console)):
                _until_interrupted()
    except Refused as refused:
        console.print(str(refused), style="red")
        raise typer.Exit(2) from None
    raise typer.Exit(code)


def _fresh(folder: Path) -> Path:
    """A folder of its own for each run: records are never written over."""
    number = 1
    while (folder / f"run-{number}").exists():
        number += 1
    return (folder / f"run-{number}").resolve()


@contextmanager
def _running(station: Station) -> Iterator[None]:
    worker = threading.Thread(target=station.daemon.run, name="line")
    worker.start()
    try:
        yield
    finally:
        station.daemon.stop()
        worker.join()


def _show(station: Station, console: Console) -> int:
    console.print(f"[bold]Operator page:[/bold] {station.server.url}")
    console.print(f"[bold]Inbox:[/bold] {station.config.data / 'orders' / 'inbox'}\n")
    assert station.bench is not None, "the demo runs on the bench"
    _enrol(station, console)
    _approve(station, console)
    for order_id, text in _orders(local_today()):
        _drop(station.config.data / "orders" / "inbox", f"{order_id}.yaml", text)
        watch = _Watch(station, station.bench, console)
        watch.until_finished(order_id)
    _records(station.config, console)
    return _report(station.config, records_of(station.config), console)


def _enrol(station: Station, console: Console) -> None:
    """From the first one on the pages ask everybody to sign in; an admin comes first."""
    credential = station.door.secrets.hashed(PASSWORD)
    for name, role in PEOPLE.items():
        enrol = Enrol("add", name, "for the demo", role, credential=credential)
        station.board.ask(enrol, actor=ADMIN).result(timeout=30)
    console.print(f"Demo people, who are nobody: {', '.join(PEOPLE)}", style="cyan")
    console.print(f"They sign in at the page with the password: [bold]{PASSWORD}[/bold]\n")


def _approve(station: Station, console: Console) -> None:
    """Only approved designs print; the demo has two people for it, as everybody has."""
    for each in requests(station.workshop.library, author=AUTHOR, reason="for the demo"):
        station.board.ask(each, actor=APPROVER).result(timeout=30)
        name = f"{each.template} {each.revision}"
        console.print(f"{AUTHOR} and {APPROVER}: template {name} approved", style="cyan")
    console.print()


def _orders(today: date) -> tuple[tuple[str, str], ...]:
    """The expiry date of the second follows from its product's shelf life."""
    made = today - timedelta(days=2)
    return (
        ("DEMO-HC", _HC.format(made=made)),
        ("DEMO-X2", _X2.format(lot=f"{made:%Y%m%d}", made=made)),
    )


def _drop(inbox: Path, name: str, text: str) -> None:
    inbox.mkdir(parents=True, exist_ok=True)
    temporary = inbox / f".{name}.part"
    temporary.write_text(text, encoding="utf-8")
    temporary.rename(inbox / name)


@dataclass
class _Watch:
    """Shows each verdict, and plays the operator when the station asks for a person."""

    station: Station
    bench: Bench
    console: Console

    @property
    def board(self) -> Board:
        return self.station.board

    def until_finished(self, order_id: str) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, console=self.console, transient=True) as progress:
            bar = progress.add_task(order_id, total=None)
            snapshot = self.board.snapshot
            shown = snapshot.label
            finished = False
            while not finished:
                finished = _finished(snapshot, order_id)
                if snapshot.mode == Mode.STOPPED or snapshot.refused:
                    raise Refused(problem("The demo cannot go on: {why}.", why=_why(snapshot)))
                if snapshot.order and snapshot.order.order.id == order_id:
                    balance = snapshot.order.balance
                    progress.update(bar, total=balance.quantity, completed=balance.accepted)
                if snapshot.label and snapshot.label != shown:
                    shown = snapshot.label
                    self._tell(shown)
                if snapshot.mode in {Mode.HELD, Mode.FAULT}:
                    self._help(snapshot)
                if not finished:
                    snapshot = self.board.newer(snapshot.version, seconds=1.0)
        self._sign(Close(order_id), order_id, "reconciled", SUPERVISOR)
        self.console.print(
            f"[bold]order {order_id} finished; {SUPERVISOR}: reconciled and closed[/bold]"
        )
        for step in RELEASES:
            self._step(order_id, step)
        self.console.print()

    def _tell(self, label: LabelSeen) -> None:
        style, sign = _SIGNS.get(label.state, ("", ""))
        if not sign:
            return
        why = "; ".join(each.sentence for each in whys(label.reasons, "en"))
        name = f"#{label.number:<3} {label.serial or 'lot label':<10}"
        self.console.print(f"{sign} {name} {label.state:<9} {why}", style=style)

    def _help(self, snapshot: Snapshot) -> None:
        """What the operator of the demo does at each stop."""
        if snapshot.order is None or snapshot.challenging:
            return
        if snapshot.step:
            self._step(snapshot.order.order.id, Step(snapshot.step))
            if self.board.snapshot.mode == Mode.HELD and not self.board.snapshot.step:
                self._resume()
            return
        if snapshot.challenge:
            self._challenge(snapshot.order.order.id)
            return
        if snapshot.fault:
            conditions = ", ".join(snapshot.fault.conditions)
            self.console.print(f"‖ fault: {snapshot.fault.device}: {conditions}", style="yellow")
            self.bench.load_paper()
        for number, _ in snapshot.in_doubt:
            torn = snapshot.fault is not None
            outcome: Outcome = LabelState.DESTROYED if torn else LabelState.NOT_PRINTED
            reason = "half a label, torn up" if torn else "looked everywhere, nothing came out"
            order = snapshot.order.order.id
            settle = Settle(order, number, outcome, reason, witness=SUPERVISOR)
            self._sign(settle, order, "settled", OPERATOR, SUPERVISOR, number=number)
            self.console.print(
                f"  {OPERATOR} and {SUPERVISOR}: label {number} {outcome}: {reason}", style="cyan"
            )
        self._resume()

    def _resume(self) -> None:
        resume = Resume("checked, ready to go on", self.board.snapshot.stop)
        self._ask(self.board.ask(resume, actor=OPERATOR))
        self.console.print(f"  {OPERATOR}: resumed", style="cyan")

    def _step(self, order: str, step: Step) -> None:
        """Sign a step as the page does: whoever signs proves who they are."""
        person, witness = SIGNERS[step]
        confirmed = ",".join(Cleared) if step == Step.CLEARANCE else ""
        take = TakeStep(order, step, "as it should be", witness, confirmed=confirmed)
        self._sign(take, order, RULE_OF[step].meaning, person, witness)
        people = f"{person} and {witness}" if witness else person
        self.console.print(f"  {people}: {step.replace('-', ' ')} signed", style="cyan")

    def _sign(
        self,
        request: Settle | Close | TakeStep,
        order: str,
        meaning: str,
        *people: str,
        number: int = 0,
    ) -> None:
        reason = request.justification if isinstance(request, Close) else request.reason
        meanings = (meaning, "witnessed")
        signatures = tuple(
            Signature(
                self.station.door.prove(name, PASSWORD).name, said, reason, "both", order, number
            )
            for name, said in zip(filter(None, people), meanings, strict=False)
        )
        self._ask(self.board.ask(request, actor=people[0], signatures=signatures))

    def _challenge(self, order: str) -> None:
        """Known-bad labels, made on purpose: each has to be rejected for its own reason."""
        self.console.print(f"‖ {self.board.snapshot.challenge}", style="yellow")
        self._ask(self.board.ask(Challenge(order), actor=OPERATOR))
        seen = self.board.snapshot
        while seen.challenging:
            seen = self.board.newer(seen.version, seconds=1.0)
        if seen.challenge:
            raise Refused(seen.challenge)
        with closing(read_only(self.station.config.data)) as db:
            found = Challenges(db).last()
        for each in found.specimens if found else ():
            codes = ", ".join(dict.fromkeys(reason.code for reason in each.reasons))
            self.console.print(f"    rejected: {words.family(each.family, 'en'):<40} {codes}")
        self.console.print(f"  {OPERATOR}: challenge passed", style="cyan")

    def _ask(self, answer: "Future[None]") -> None:
        answer.result(timeout=30)


_SIGNS = {
    LabelState.RELEASED: ("green", "✓"),
    LabelState.REJECTED: ("bold red", "✗"),
    LabelState.IN_DOUBT: ("bold yellow", "?"),
}


def _finished(snapshot: Snapshot, order_id: str) -> bool:
    return (
        snapshot.mode == Mode.IDLE
        and snapshot.order is not None
        and snapshot.order.order.id == order_id
        and snapshot.order.balance.accepted >= snapshot.order.order.quantity
    )


def _why(snapshot: Snapshot) -> str:
    return str(snapshot.refused[1]) if snapshot.refused else "the line has stopped"


def _records(config: Config, console: Console) -> None:
    """The batch record of each order: as data, and on paper in both languages with it inside."""
    binder = binder_of(config)
    for order, _ in _orders(local_today()):
        document = binder.document(order, every_label=True)
        record = BatchRecord.model_validate_json(document)
        path = config.data / f"record-{order}.pdf"
        path.write_bytes(binder.pdf(document, language="both"))
        signed = [each for each in record.signatures if each.proof]
        console.print(f"Batch record: {path}, {len(signed)} signatures by demo people")
    console.print()


def _report(config: Config, records: Records, console: Console) -> int:
    rows = records.orders()[::-1]
    table = Table("order", "wanted", "issued", "accepted", "rejected", "voided", "reconciliation")
    for row in rows:
        balance = row.balance
        counts = (
            balance.quantity,
            balance.issued,
            balance.accepted,
            balance.rejected,
            balance.voided,
        )
        verdict = "balanced" if balance.balanced else "NOT BALANCED"
        table.add_row(row.order.id, *map(str, counts), verdict)
    console.print(table)
    found = records.nonconformances()
    console.print(_log(found))
    console.print(f"\nJournal:  {config.data / 'journal.db'}")
    console.print(f"Evidence: {config.data / 'evidence'}")
    wrong = list(_wrong(config, rows, found))
    for each in wrong:
        console.print(f"UNEXPECTED: {each}", style="bold red")
    return 1 if wrong else 0


def _log(found: tuple[Nonconformance, ...]) -> Table:
    table = Table("order", "#", "serial", "state", "reason", title="nonconformance log")
    for each in reversed(found):
        reasons = "\n".join(why.sentence for why in whys(each.reasons, "en"))
        table.add_row(each.order, str(each.number), each.serial, each.state, reasons)
    return table


def _wrong(
    config: Config, rows: tuple[OrderRow, ...], found: tuple[Nonconformance, ...]
) -> Iterator[str]:
    """Everything that is not as ordered; the demo fails rather than look good."""
    for row in rows:
        if row.state != OrderState.CLOSED or row.balance.short:
            yield f"order {row.order.id} is {row.state}: {row.balance}"
    codes = {(each.order, each.number): each.reasons[0]["code"] for each in found}
    expected = {("DEMO-HC", number): code for number, code in EXPECTED.items()}
    if codes != expected:
        yield f"the log says {codes}, expected {expected}"
    broken = broken_at(read_only(config.data))
    if broken is not None:
        yield f"the journal's chain is broken at event {broken}"


def _stay(station: Station, console: Console) -> bool:
    question = f"\nKeep the pages at {station.server.url} up? [y/N] "
    return console.input(question).strip().lower().startswith("y")


def _until_interrupted() -> None:
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        return
