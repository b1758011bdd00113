"""The composition root: a Config becomes a Station, with the drivers of `station.devices`."""

import hashlib
import os
import queue
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib.metadata import version
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

from fastapi import FastAPI

from drivers.deadline import Deadline
from drivers.gate import OperatorGate
from drivers.interface import DriverError, Printer, Scanner
from drivers.simulated.bench import Bench, BenchFault
from drivers.simulated.printer.folder import serve_to_folder
from drivers.simulated.script import Script
from station import devices, documents
from station.access.door import Door
from station.access.secret import Secrets
from station.artwork.design import Design
from station.artwork.text import Font
from station.config import SIMULATED, Config
from station.core.approval import Approval
from station.core.calibration import Setting
from station.core.challenge import Schedule as ChallengeSchedule
from station.core.events import OdometerRead, SignedIn, SignedOut, SignInFailed
from station.core.manufacture import starting_problems
from station.core.order import WorkOrder
from station.core.problem import Refused, problem, refuse
from station.core.profiles.profile import digest
from station.core.quality import Limits
from station.core.workflow import Step, Workflow, workflow
from station.exchange.configured import hooks_of
from station.exchange.webhooks import Webhooks
from station.line import control, library
from station.line.approval import Approvals, check_approved
from station.line.backups import Backups, Schedule
from station.line.baseline import in_force
from station.line.beacon import Beacon
from station.line.board import (
    Approve,
    ApproveBaseline,
    Board,
    Challenge,
    Clear,
    Close,
    Dispose,
    Enrol,
    Grant,
    Interrupt,
    Look,
    Measure,
    Note,
    Prove,
    Reprint,
    Retire,
    Settle,
    TakeStep,
    Use,
)
from station.line.calibrating import setting_of
from station.line.challenge.interlock import Interlock
from station.line.challenge.kits import Kits
from station.line.control import Control
from station.line.cycle import Cycle
from station.line.daemon import Daemon
from station.line.desk import Desk
from station.line.inbox import Inbox, Intake, Receipt, receipt
from station.line.job import Job, make_order
from station.line.library import Library
from station.line.limits import InForce
from station.line.reader import BothReaders, CameraReader, HandheldReader, Reader, See
from station.line.scanner_proof import Prover, ScannerProof
from station.line.service import Service
from station.line.signing import Signing
from station.line.specimen import Press
from station.line.steps import Steps
from station.records.account import Accounts
from station.records.calibrations import Calibrations
from station.records.challenges import Challenges
from station.records.clock import Clock, Watch, now
from station.records.evidence import Evidence
from station.records.journal import FILE as JOURNAL
from station.records.journal import Head, Journal, JournalFailed, read_only
from station.records.people import People
from station.records.place import InUse, write_whole
from station.records.proofs import Proofs
from station.records.query import OrderRow, Records
from station.records.signed.heads import Key
from station.records.signed.second_place import FILE, Heads
from station.records.templates import Templates
from station.reports.batch.binder import Binder
from station.vision.decode import read_image
from station.vision.see import see
from station.vision.worker import Worker, kept_beside
from station.web.api.api import Api, bearers_of
from station.web.quality.backups import Plan
from station.web.quality.quality import Known
from station.web.server import Server, Tls

VERSION = version("labelstation")

ANSWER_SECONDS = 15.0
"""How long a command waits for the station to take a file; a label in hand comes first."""


def local_today() -> date:
    """The date at the line, where the labels are printed."""
    return datetime.now(UTC).astimezone().date()


@dataclass(frozen=True, slots=True)
class Workshop:
    """All that is needed to lay out labels, away from the line: no device, no journal."""

    config: Config
    library: Library
    font: Font

    @classmethod
    def open(cls, config: Config) -> "Workshop":
        """Raises Refused with every problem of catalogue, templates and font."""
        loaded = library.load(
            catalogue=config.catalogue, labels=config.labels, profiles=config.profiles
        )
        return cls(config, loaded, Font.load(config.font))

    def job(self, order: WorkOrder) -> Job:
        return Job(
            order,
            library=self.library,
            font=self.font,
            dots_per_mm=self.config.printer.dots_per_mm,
        )

    @property
    def press(self) -> Press:
        """What labels are laid out with, for whoever looks at designs."""
        return Press(
            self.library,
            self.font,
            self.config.printer.dots_per_mm,
            local_today(),
            profiles=digest(self.library.profiles.values()),
        )

    def order(self, document: object) -> WorkOrder:
        """Raises Refused with every reason."""
        return make_order(
            document,
            library=self.library,
            font=self.font,
            dots_per_mm=self.config.printer.dots_per_mm,
            today=local_today(),
            station=self.config.name,
        )


class Station:
    """A whole station, its pages included. Use it in a with statement."""

    def __init__(
        self,
        config: Config,
        *,
        faults: dict[int, BenchFault] | None = None,
        script: Script | None = None,
        clock: Clock = now,
    ) -> None:
        """`faults` are ordered from the simulated bench: label number at the printer → fault; or
        by a whole `script`.

        Raises Refused: also for a script where nothing is simulated.
        """
        self.config = config
        self.workshop = Workshop.open(config)
        with ExitStack() as opened:
            self.journal, self._heads = opened.enter_context(open_records(config, clock=clock))
            self.records = Records(self.journal.db)
            self.board = Board()
            self.evidence = _evidence(config)
            self.bench = devices.bench(config, faults)
            simulation = None
            if self.bench:
                opened.callback(self.bench.close)
                simulation = devices.practice(config, self.bench)
            if script:
                devices.play(self.bench, script)
            self.service = Service()
            self._webhooks = Webhooks(
                hooks_of(config.webhooks),
                folder=config.data,
                station=config.name,
                now=lambda: clock().utc,
            )
            self.printer = devices.printer(config, self.bench)
            opened.callback(self.printer.close)
            scanner = devices.scanner(config, self.bench)
            self._limits = InForce(
                Calibrations(self.journal.db),
                setting=self._setting,
                required=config.reader.calibration == "required",
            )
            reader = _reader(
                config,
                self.bench,
                scanner,
                see=opened.enter_context(_seeing(config)),
                limits=self._limits,
                idle=self.service.alive,
            )
            opened.callback(reader.close)
            gate = devices.gate(config, self.bench)
            opened.callback(gate.close)
            trigger = devices.trigger(config)
            if trigger:
                opened.callback(trigger.close)
            self._beacon = Beacon(self.board, devices.signals(config))
            intake = Intake(
                journal=self.journal, library=self.workshop.library, check=self.workshop.order
            )
            signing = Signing(self.journal, self._heads)
            backups = _backups(config, clock)
            if backups:
                opened.callback(backups.close)
            cycle = Cycle(
                journal=self.journal,
                ledger=self.records,
                evidence=self.evidence,
                printer=self.printer,
                reader=reader,
                gate=gate,
                print_seconds=config.printer.seconds,
                window=config.reader.window,
                compare=config.reader.compare,
                sheet=self._limits.sheet,
                baselines=self._limits.baselines,
                check_clock=Watch(clock, last=self.records.last_at()).check,
            )
            self.daemon = Daemon(
                journal=self.journal,
                records=self.records,
                board=self.board,
                cycle=cycle,
                trigger=trigger,
                prover=self._prover(scanner, clock) if scanner else None,
                interlock=self._interlock(cycle, clock),
                inbox=Inbox(config.data / "orders", intake=intake),
                make_job=self._job,
                may_start=self._may_start,
                approvals=Approvals(
                    journal=self.journal,
                    evidence=self.evidence,
                    press=lambda: self.workshop.press,
                    sign=signing.sign,
                ),
                automatic=config.start == "automatic",
                hold_after_rejects=config.hold_after_rejects,
                hold_on_reject=isinstance(gate, OperatorGate),
                scanned=bool(config.reader.scanner),
                signing=signing,
                chores=(backups,) if backups else (),
                notice=lambda: (
                    cycle.supplies.notice
                    or cycle.print_watch.notice
                    or cycle.trend_watch.notice
                    or self._limits.notice
                    or (backups.notice if backups else None)
                    or self._webhooks.notice
                ),
                alive=self.service.alive,
                steps_of=lambda job: workflow_of(
                    config, contract=bool(job.product.contract_manufacturer)
                ),
                sees_place=bool(config.reader.camera) and config.reader.window == 1,
                printer=config.printer.url,
                set_up=set_up_of(config, self.workshop),
            )
            binder = _binder(config, self.workshop.job)
            self.door = self._door(opened.enter_context(closing(People.at(config.data))))
            self.server = Server(
                board=self.board,
                folder=config.data,
                evidence=self.evidence,
                language=config.language,
                simulation=simulation,
                challenges=challenge_schedule(config),
                binder=binder,
                api=self._api(binder),
                catalogue=library.products(config.catalogue),
                station_name=f"{config.name} · 模拟 SIMULATED" if self.bench else config.name,
                host=config.web.host,
                port=config.web.port,
                door=self.door,
                known=self._known(),
                hosts=config.web.hosts,
                tls=_tls(config),
                proxied=config.web.proxy,
            )
            self.control = Control(config.data, self.board)
            self._opened = opened.pop_all()

    def __enter__(self) -> Self:
        with ExitStack() as opened:
            opened.callback(self._opened.close)
            self.server.start()
            opened.callback(self.server.stop)
            self._beacon.start()
            opened.callback(self._beacon.stop)
            self.daemon.start(
                version=VERSION, configuration=self.config.digest, key=self._heads.key.id
            )
            self.control.start()
            opened.callback(self.control.stop)
            self._webhooks.start()
            opened.callback(self._webhooks.stop)
            self.service.ready()
            self._opened = opened.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.service.stopping()
        self._opened.close()

    def _known(self) -> Known:
        """What the quality pages tell besides the journal."""
        folder = self.config.backup.folder
        plan = Plan(str(folder), self.config.backup.every_hours) if folder else Plan()
        return Known(
            heads=lambda: self._heads.heads,
            press=lambda: self.workshop.press,
            set_up=set_up_of(self.config, self.workshop),
            setting=self._setting if self.config.reader.camera else None,
            backups=plan,
        )

    def _door(self, people: People) -> Door:
        """Raises Refused where others could reach the pages and nobody has to sign in."""
        if self.config.web.reachable and not people.any():
            raise Refused(
                problem(
                    "Other machines can reach the pages, but nobody has to sign in: name an admin"
                    " first, with `labelstation person add`.",
                    where="web.host",
                )
            )
        return Door(
            people=people,
            secrets=Secrets.open(people_key(self.config)),
            note=self._note,
            idle_seconds=60.0 * self.config.web.idle_minutes,
        )

    def _note(self, event: SignedIn | SignInFailed | SignedOut) -> None:
        """Have it written down between two labels; a page does not wait for it."""
        with suppress(queue.Full):  # the door counts failures itself for as long as it stands
            self.board.ask(Note(event), actor=event.name)

    def _api(self, binder: Binder) -> FastAPI:
        config = self.config
        secrets = Secrets.open(people_key(config))
        return Api(
            board=self.board,
            folder=config.data,
            station_name=config.name,
            language=config.language,
            bearers=bearers_of(config.data, secrets),
            record_of=binder.document,
            standings=lambda: self._webhooks.standings,
        ).app()

    def _prover(self, scanner: Scanner, clock: Clock) -> Prover:
        """The scanner is proved for its address: another one is another scanner."""
        reader = self.config.reader
        policy = ScannerProof(
            Proofs(self.journal.db),
            scanner=reader.scanner,
            kind="wedge" if reader.scanner.startswith("wedge:") else "serial",
            every_hours=reader.prove_every_hours,
        )
        return Prover(
            scanner,
            address=reader.scanner,
            journal=self.journal,
            policy=policy,
            seconds=reader.scan_seconds,
            now=lambda: clock().utc,
        )

    def _interlock(self, cycle: Cycle, clock: Clock) -> Interlock:
        history = Challenges(self.journal.db)
        steps = Steps(journal=self.journal, records=self.records)
        return Interlock(
            journal=self.journal,
            records=self.records,
            challenger=cycle.challenger,
            kits=Kits(
                records=self.records,
                history=history,
                make_job=self._job,
                press=lambda: self.workshop.press,
                camera=bool(self.config.reader.camera),
                compared=cycle.challenger.compare,
            ),
            schedule=challenge_schedule(self.config),
            now=lambda: clock().utc,
            odometer=lambda row: OdometerRead(order=row.order.id, value=cycle.odometer()),
            schedule_of=steps.schedule,
            articles_first=steps.articles_first,
            check_turn=lambda order, first: steps.check_challenge(order, first=first),
        )

    def _job(self, row: OrderRow) -> Job:
        """From here on the limits of its design are in force."""
        job = self.workshop.job(row.order)
        self._limits.use(job.template)
        return job

    def _setting(self, design: Design) -> Setting:
        return setting_of(
            design,
            font=self.workshop.font,
            dots_per_mm=self.config.printer.dots_per_mm,
            camera=devices.camera_words(self.config),
            pixels=(0, 0),
        )

    def _may_start(self, row: OrderRow) -> None:
        """Papers and registers are looked at on the day an order is started. Raises Refused."""
        job = self._job(row)
        self._limits.check(job.template)
        refuse(
            starting_problems(
                job.product,
                job.level,
                self.workshop.library.catalogue,
                today=local_today(),
                registered=self.config.require_registered,
            )
        )


def set_up_of(config: Config, workshop: Workshop) -> str:
    """All that a station would work with, as one document (`station.core.baseline`)."""
    return in_force(config, version=VERSION, library=workshop.library, font=workshop.font)


@contextmanager
def open_records(config: Config, *, clock: Clock = now) -> Iterator[tuple[Journal, Heads]]:
    """The journal to write in, and its second place. Raises Refused, InUse.

    What was signed last is where the journal is looked at from; before that it was looked at by
    whoever signed. `labelstation audit` looks at all of it.
    """
    kept: list[Heads] = []

    def signed() -> Head | None:
        # No new key is made beside heads of an old one: whoever lost it has to know.
        old = (config.heads.folder / FILE).exists()
        key = Key.load(config.heads.key) if old else Key.open(config.heads.key)
        kept.append(Heads(config.heads.folder, key=key, station=config.name))
        last = kept[0].last
        return Head(last.seq, last.hash) if last else None

    with closing(Journal(config.data, clock=clock, signed=signed)) as journal:
        if not kept[0].heads and Records(journal.db).signed_before():
            raise Refused(
                problem(
                    "This journal was signed before, but {folder} holds no signed head: bring its"
                    " second place back. If it is lost, let two people begin a new one with"
                    " `labelstation key begin`.",
                    folder=str(config.heads.folder),
                )
            )
        if not kept[0].heads:
            # Before anything says that this key signs: a kill in between would lock the station.
            _begin(kept[0], journal)
        yield journal, kept[0]


def _begin(heads: Heads, journal: Journal) -> None:
    try:
        Signing(journal, heads).sign("start")
    except DriverError as fault:
        raise Refused(problem("Still not ready: {why}.", why=str(fault))) from None


def challenge_schedule(config: Config) -> ChallengeSchedule:
    """When the line is challenged."""
    wanted = config.challenge
    return ChallengeSchedule(
        every=timedelta(hours=wanted.every_hours),
        at_start=wanted.at_start,
        after_stops=timedelta(minutes=wanted.after_stops),
        at_end=wanted.at_end,
        families=wanted.families,
    )


def workflow_of(config: Config, *, contract: bool) -> Workflow:
    """The steps that an order started now has to pass; `contract`: made under contract."""
    wanted, challenged = config.workflow, config.challenge
    switches = {
        Step.CLEARANCE: wanted.clearance,
        Step.RELEASE: wanted.release,
        Step.RESIDENT_LABELS: wanted.resident,
        Step.CHALLENGE: challenged.at_start,
        Step.LAST_CHALLENGE: challenged.at_end,
        Step.REVIEW: wanted.review,
        Step.RESIDENT_BATCH: wanted.resident,
        Step.PRODUCTION_RELEASE: wanted.production_release,
        Step.MARKET_RELEASE: wanted.market_release,
    }
    return workflow(
        (step for step, on in switches.items() if on),
        contract=contract,
        articles=wanted.first_article,
        stop_seconds=round(60 * wanted.first_article_after_stops),
    )


def add_order(config: Config, path: Path, data: bytes, *, actor: str) -> Receipt | None:
    """Take an order file by hand, or hand it to the station that runs here and wait for its answer.

    None: the running station has not answered in time; the file is in its inbox.
    """
    workshop = Workshop.open(config)
    try:
        with open_records(config) as (journal, _):
            intake = Intake(journal=journal, library=workshop.library, check=workshop.order)
            return intake.take(path.name, data, actor=actor)
    except InUse:
        documents.parse(path.name, data)
        return _hand_over(config, path.name.lstrip("."), data)


def records_of(config: Config) -> Records:
    """The records of a station, running or not, to look at. Raises Refused if there are none."""
    return Records(read_only(config.data))


def binder_of(config: Config) -> Binder:
    """What makes batch records away from the line; templates are opened when one is needed."""
    return _binder(config, lambda order: Workshop.open(config).job(order))


def _binder(config: Config, job: Callable[[WorkOrder], Job]) -> Binder:
    return Binder(
        folder=config.data,
        station=config.name,
        font=config.font,
        heads=config.heads.folder / FILE,
        job=job,
    )


def accounts_of(config: Config) -> Accounts:
    """What the accounts of a station's orders rest on. Raises Refused if there are no records."""
    return Accounts(read_only(config.data))


def people_key(config: Config) -> Path:
    """The key of what is kept of people's secrets and machines' tokens."""
    return config.heads.key.with_name("people.key")


def approvals_of(config: Config) -> tuple[Approval, ...]:
    """The last approval of every design; none where there are no records yet. Raises Refused."""
    if not (config.data / JOURNAL).exists():
        return ()
    with closing(read_only(config.data)) as db:
        return Templates(db).approvals()


def check_printable(config: Config, template: Design) -> None:
    """Raises Refused unless labels may be printed from the design."""
    key = (template.name, template.revision)
    approvals = {(each.name, each.revision): each for each in approvals_of(config)}
    check_approved(template, approvals.get(key))


def _tls(config: Config) -> Tls | None:
    web = config.web
    return Tls(web.certificate, web.key) if web.certificate and web.key else None


def decide(config: Config, decision: control.Decision, *, by: str) -> bool:
    """Hand a person's decision to the station that runs here, or write it down where none runs.

    Whether it is done already; a running station may still be busy. Raises Refused.
    """
    if not isinstance(decision, Enrol | Grant):
        records_of(config)  # only people and tokens come before the first record
    try:
        return control.ask(config.data, decision, by=by)
    except control.NoStation:
        if isinstance(decision, Look | Prove | Challenge | Interrupt):
            raise Refused(
                problem(
                    "Reading a label needs a running station: start it with `labelstation run`."
                )
            ) from None
    _decide_here(config, decision, by=by)
    return True


def _decide_here(
    config: Config,
    decision: Settle
    | Reprint
    | Measure
    | Use
    | Close
    | Approve
    | Retire
    | Clear
    | TakeStep
    | Enrol
    | Dispose
    | Grant
    | ApproveBaseline,
    *,
    by: str,
) -> None:
    with open_records(config) as (journal, heads):
        signing = Signing(journal, heads)
        try:
            match decision:
                case Approve() | Retire():
                    approvals = Approvals(
                        journal=journal,
                        evidence=_evidence(config),
                        press=lambda: Workshop.open(config).press,
                        sign=signing.sign,
                    )
                    control.decide_design(approvals, decision, by=by)
                case _:
                    here = decision if isinstance(decision, ApproveBaseline) else None
                    desk = Desk(
                        journal=journal,
                        records=Records(journal.db),
                        sign=signing.sign,
                        set_up=set_up_of(config, Workshop.open(config)) if here else "",
                    )
                    control.decide(desk, decision, by=by)
        except JournalFailed as failed:
            raise Refused(
                problem("Nothing is known to be recorded: {why}", why=str(failed))
            ) from None
        except DriverError as fault:
            raise Refused(
                problem(
                    "It is recorded, but not signed in its second place: {why}.", why=str(fault)
                )
            ) from None


def _hand_over(config: Config, name: str, data: bytes) -> Receipt | None:
    records = records_of(config)
    before, deadline = records.intakes(), Deadline.after(ANSWER_SECONDS)
    _leave(config.data / "orders" / "inbox", name, data)
    pause = threading.Event()
    sha256 = hashlib.sha256(data).hexdigest()
    while not deadline.expired:
        found = records.taken(sha256, after=before)
        if found:
            return receipt(name, sha256, found)
        pause.wait(0.1)
    return None


def _leave(inbox: Path, name: str, data: bytes) -> None:
    """A file appears in the inbox whole or not at all."""
    inbox.mkdir(parents=True, exist_ok=True)
    temporary = inbox / f".{os.getpid()}.part"
    temporary.write_bytes(data)
    for attempt in count(1):
        try:
            os.link(temporary, inbox / (name if attempt == 1 else f"{attempt}-{name}"))
        except FileExistsError:
            continue
        temporary.unlink()
        return


def simulate_printer(
    *,
    port: int,
    out: Path,
    dots_per_mm: int,
    stopped: threading.Event,
    tell: Callable[[str], None],
) -> None:
    """A printer on its own until `stopped` is set. Raises Refused."""
    try:
        printer = serve_to_folder(out, on_line=tell, port=port, dots_per_mm=dots_per_mm)
    except OSError as error:
        raise Refused(
            problem("Cannot start the printer: {why}.", why=error.strerror or str(error))
        ) from None
    with printer:
        stopped.wait()


def _evidence(config: Config) -> Evidence:
    return Evidence(config.data / "evidence", spare=config.spare_megabytes * 1_000_000)


def _backups(config: Config, clock: Clock) -> Backups | None:
    """The backups by the clock, told everything by a file of their own."""
    if config.backup.folder is None:
        return None
    settings = config.data / "configuration.json"
    write_whole(settings, config.canonical)
    command = (sys.executable, "-m", "station", "backup", "--json", "--config", str(settings))
    schedule = Schedule(
        every=timedelta(hours=config.backup.every_hours),
        command=command,
        log=config.data / "backup.log",
    )
    return Backups(schedule, clock=lambda: clock().utc)


def open_printer(config: Config) -> Printer:
    """The configured printer on its own, where no station runs. Raises Refused."""
    _check_real(config, "printer.url", config.printer.url)
    return devices.printer(config, None)


def open_scanner(config: Config) -> Scanner:
    """The configured scanner on its own, where no station runs. Raises Refused."""
    _check_real(config, "reader.scanner", config.reader.scanner)
    scanner = devices.scanner(config, None)
    assert scanner is not None, "it is configured"
    return scanner


def _check_real(config: Config, where: str, url: str) -> None:
    """A device that somebody uses without the station. Raises Refused."""
    if url in {"", SIMULATED}:
        raise Refused(
            problem(
                "There is no such device: expected an address, got {got!r}.", where=where, got=url
            )
        )
    if control.served(config.data):
        raise Refused(
            problem("A station runs here, and the device is its own: stop it first.", where=where)
        )


@contextmanager
def _seeing(config: Config) -> Iterator[See]:
    """What looks at pictures: a process that can be killed, or this one."""
    settings = config.reader
    real = settings.camera not in {"", SIMULATED}
    if not (real if settings.isolated is None else settings.isolated):
        yield see
        return
    with Worker(keep=kept_beside(config.data / "unseen")) as worker:
        yield worker


def _reader(
    config: Config,
    bench: Bench | None,
    scanner: Scanner | None,
    *,
    see: See,
    limits: InForce,
    idle: Callable[[], None],
) -> Reader:
    devices.check_readers(config)
    seen, scanned = camera_reader(config, bench, see=see, limits=limits, idle=idle), None
    if scanner:
        scanned = HandheldReader(scanner, seconds=config.reader.scan_seconds, idle=idle)
    if seen and scanned:
        return BothReaders(seen, scanned)
    reader = seen or scanned
    assert reader is not None, "one of them is configured"
    return reader


def camera_reader(
    config: Config,
    bench: Bench | None,
    *,
    see: See = see,
    limits: InForce | None = None,
    idle: Callable[[], None] = lambda: None,
) -> CameraReader | None:
    """None where no camera is configured; without `limits` the built-in ones. Raises Refused."""
    settings = config.reader
    empty = read_image(settings.empty) if settings.empty else None
    camera = devices.camera(config, bench)
    if camera is None:
        return None
    return CameraReader(
        camera,
        seconds=settings.seconds,
        empty=empty,
        web=settings.window > 1,
        see=see,
        limits=limits.limits if limits else Limits,
        check_light=limits.check_light if limits else lambda _: None,
        idle=idle,
    )
