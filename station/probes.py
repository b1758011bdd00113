"""The devices of a configuration, each asked whether it works. Nothing is printed or fed.

A printer is asked who it is and how it is, a camera for one picture, a scanner whether its line
can be opened, a gate whether it is at rest (one that stands open is put to rest). All are asked at
once, so that the slowest says how long it takes.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NoAnswer
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum

from drivers.camera.still import without_password
from drivers.deadline import Deadline
from drivers.interface import Condition, DriverError, PrinterIdentity, PrinterStatus
from drivers.simulated.bench import Bench
from station import devices
from station.config import SIMULATED, Config
from station.core.problem import Problem, Refused, problem

SECONDS = 6.0
"""For all that is asked of one device."""

FAREWELL_SECONDS = 9.0
"""A camera that does not answer lets go of its stream no sooner."""


class Role(StrEnum):
    PRINTER = "printer"
    CAMERA = "camera"
    SCANNER = "scanner"
    GATE = "gate"


@dataclass(frozen=True, slots=True)
class Probed:
    """One device, and what came of asking it."""

    role: Role
    address: str
    """Without a password."""

    says: Problem | None = None
    """What it answered. Its values come from the device: untrusted."""

    why_not: tuple[Problem, ...] = ()
    """Why it does not work; empty when it does."""

    conditions: tuple[Condition, ...] = ()
    dots_per_mm: int | None = None
    """Of a print head that told it."""

    @property
    def good(self) -> bool:
        return not self.why_not


Probe = Callable[[Config, Bench | None, Deadline], Probed]


def probe(config: Config, *, seconds: float = SECONDS) -> tuple[Probed, ...]:
    """Ask every device there is. Raises Refused where real and simulated ones are mixed."""
    bench = devices.bench(config)
    try:
        return _asked(config, bench, seconds=seconds)
    finally:
        if bench:
            bench.close()


def probe_printer(config: Config, url: str, *, seconds: float = SECONDS) -> Probed:
    """Ask the printer at another address than that of the configuration."""
    other = config.model_copy(update={"printer": config.printer.model_copy(update={"url": url})})
    return _answer(Role.PRINTER, _printer, other, None, Deadline.after(seconds))


def not_asked(config: Config, why: Problem) -> tuple[Probed, ...]:
    """The same devices, when nobody may ask them."""
    return tuple(Probed(role, _address(config, role), why_not=(why,)) for role in _roles(config))


def _asked(config: Config, bench: Bench | None, *, seconds: float) -> tuple[Probed, ...]:
    roles = _roles(config)
    deadline = Deadline.after(seconds)
    threads = ThreadPoolExecutor(len(Role), thread_name_prefix="probe")
    try:
        answers = {
            role: threads.submit(_answer, role, _PROBES[role], config, bench, deadline)
            for role in roles
        }
        patience = Deadline.after(seconds + FAREWELL_SECONDS)
        return tuple(_within(config, role, answers[role], patience) for role in roles)
    finally:
        # The look-up of a host name knows no deadline; nobody waits for it here.
        threads.shutdown(wait=False, cancel_futures=True)


def _within(config: Config, role: Role, answer: Future[Probed], patience: Deadline) -> Probed:
    try:
        return answer.result(patience.remaining())
    except NoAnswer:
        late = problem("No answer in time.")
        return Probed(role, _address(config, role), None, (late,), (Condition.SILENT,))


def _answer(
    role: Role, look: Probe, config: Config, bench: Bench | None, deadline: Deadline
) -> Probed:
    try:
        return look(config, bench, deadline)
    except DriverError as fault:
        why = problem("{why}", why=fault.detail)
        return Probed(role, _address(config, role), None, (why,), fault.conditions)
    except Refused as refused:
        return Probed(role, _address(config, role), None, refused.problems)


def _printer(config: Config, bench: Bench | None, deadline: Deadline) -> Probed:
    with closing(devices.printer(config, bench)) as printer:
        status = printer.status(deadline)
        identity = printer.identity(deadline)
        warnings = frozenset() if status.conditions else printer.warnings(deadline)
    why_not, conditions = _unready(config, status, identity)
    return Probed(
        Role.PRINTER,
        _address(config, Role.PRINTER),
        _introduced(identity, ", ".join(sorted(warnings))),
        why_not,
        conditions,
        identity.dots_per_mm if identity else None,
    )


def _introduced(identity: PrinterIdentity | None, warnings: str) -> Problem:
    if identity is None:
        return problem("It answers, but does not say which printer it is.")
    if warnings:
        return problem(
            "{model}, {firmware}, {dots} dots/mm; it warns: {warnings}",
            model=identity.model,
            firmware=identity.firmware,
            dots=identity.dots_per_mm,
            warnings=warnings,
        )
    return problem(
        "{model}, {firmware}, {dots} dots/mm",
        model=identity.model,
        firmware=identity.firmware,
        dots=identity.dots_per_mm,
    )


def _unready(
    config: Config, status: PrinterStatus, identity: PrinterIdentity | None
) -> tuple[tuple[Problem, ...], tuple[Condition, ...]]:
    expected = config.printer.dots_per_mm
    conditions = status.conditions
    why_not = [
        problem("It cannot print now: {condition}.", condition=each.replace("-", " "))
        for each in conditions
    ]
    if identity and identity.dots_per_mm != expected:
        conditions += (Condition.OTHER_RESOLUTION,)
        why_not.append(
            problem(
                "Its head has {got} dots/mm, expected {expected} as in printer.dots_per_mm.",
                got=identity.dots_per_mm,
                expected=expected,
            )
        )
    return tuple(why_not), conditions


def _camera(config: Config, bench: Bench | None, deadline: Deadline) -> Probed:
    camera = devices.camera(config, bench)
    assert camera, "asked only where one is configured"
    with closing(camera):
        asked_at = time.monotonic()
        height, width = camera.frame(asked_at, deadline).pixels.shape[:2]
        took = time.monotonic() - asked_at
    told = problem(
        "{width} × {height} pixels, {seconds} s",
        width=width,
        height=height,
        seconds=f"{took:.2f}",
    )
    return Probed(Role.CAMERA, _address(config, Role.CAMERA), told)


def _scanner(config: Config, bench: Bench | None, _deadline: Deadline) -> Probed:
    """It speaks only when somebody scans; that its line can be opened is all there is to know."""
    scanner = devices.scanner(config, bench)
    assert scanner, "asked only where one is configured"
    with closing(scanner):
        scanner.discard()
    told = problem("connected; it speaks when somebody scans")
    return Probed(Role.SCANNER, _address(config, Role.SCANNER), told)


def _gate(config: Config, bench: Bench | None, deadline: Deadline) -> Probed:
    with closing(devices.gate(config, bench)) as gate:
        gate.check(deadline)
    told = (
        problem("no gate: a person takes each reject away")
        if config.gate.url == "operator"
        else problem("at rest")
    )
    return Probed(Role.GATE, _address(config, Role.GATE), told)


_PROBES: dict[Role, Probe] = {
    Role.PRINTER: _printer,
    Role.CAMERA: _camera,
    Role.SCANNER: _scanner,
    Role.GATE: _gate,
}


def _roles(config: Config) -> tuple[Role, ...]:
    return tuple(each for each in Role if _url(config, each))


def _url(config: Config, role: Role) -> str:
    return {
        Role.PRINTER: config.printer.url,
        Role.CAMERA: config.reader.camera,
        Role.SCANNER: config.reader.scanner,
        Role.GATE: config.gate.url,
    }[role]


def _address(config: Config, role: Role) -> str:
    url = _url(config, role)
    return url if url == SIMULATED else shown_address(url)


def shown_address(url: str) -> str:
    """Without a password, and without failing on what is no address."""
    try:
        return without_password(url)
    except ValueError:
        return url.rpartition("@")[2]
