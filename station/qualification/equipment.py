"""Equipment: the devices of the configuration, the proof of the scanner, the calibrations."""

from contextlib import closing

from station import devices
from station.app import Workshop
from station.artwork.design import Design
from station.config import SIMULATED
from station.core.problem import Problem, problem
from station.line.calibrating import setting_of
from station.line.control import served
from station.line.limits import InForce
from station.line.scanner_proof import ScannerKind, ScannerProof, must_prove
from station.probes import Role
from station.qualification.check import Check, Finding, judged, met, missed, not_applicable
from station.qualification.installation import Installation
from station.qualification.requirements import Need
from station.records import clock
from station.records.calibrations import Calibrations
from station.records.journal import read_only
from station.records.proofs import Proofs
from station.records.templates import Templates


def _probed(of: Installation, role: Role, url: str) -> Finding:
    if not url:
        return not_applicable(problem("None is configured."))
    if url == SIMULATED:
        return not_applicable(problem("It is simulated: there is no device to look at."))
    if served(of.config.data):
        return not_applicable(
            problem("The station is running and uses its devices: stop it to ask them.")
        )
    found = next(each for each in of.probed if each.role == role)
    at = problem("At {address}.", address=found.address)
    return judged(found.why_not, at, *((found.says,) if found.says else ()))


def _printer(of: Installation) -> Finding:
    return _probed(of, Role.PRINTER, of.config.printer.url)


def _camera(of: Installation) -> Finding:
    return _probed(of, Role.CAMERA, of.config.reader.camera)


def _scanner(of: Installation) -> Finding:
    return _probed(of, Role.SCANNER, of.config.reader.scanner)


def _gate(of: Installation) -> Finding:
    return _probed(of, Role.GATE, of.config.gate.url)


def _proved(of: Installation) -> Finding:
    """Whether the scanner changes what it reads, as the challenge card has told."""
    reader = of.config.reader
    kind: ScannerKind = "wedge" if reader.scanner.startswith("wedge:") else "serial"
    if not reader.scanner or not must_prove(kind, every_hours=reader.prove_every_hours):
        return not_applicable(problem("No scanner that needs a proof is configured."))
    with closing(read_only(of.config.data)) as db:
        policy = ScannerProof(
            Proofs(db),
            scanner=reader.scanner,
            kind=kind,
            every_hours=reader.prove_every_hours,
        )
        due, last = policy.due(clock.now().utc), Proofs(db).last(reader.scanner)
    if due or not last:
        return missed(due or problem("No card was scanned yet."))
    return met(problem("Proved at {at} by {who}.", at=last.at.isoformat(), who=last.actor))


def _calibrated(of: Installation) -> Finding:
    if of.config.reader.calibration != "required":
        return not_applicable(problem("The configuration asks for no calibration."))
    workshop = Workshop.open(of.config)
    with closing(read_only(of.config.data)) as db:
        limits = InForce(
            Calibrations(db),
            setting=lambda design: setting_of(
                design,
                font=workshop.font,
                dots_per_mm=of.config.printer.dots_per_mm,
                camera=devices.camera_words(of.config),
                pixels=(0, 0),
            ),
            required=True,
        )
        approved = [
            workshop.library.templates[each.name, each.revision]
            for each in Templates(db).approvals()
            if not each.retired and (each.name, each.revision) in workshop.library.templates
        ]
        wrong = tuple(why for each in approved if (why := _not_calibrated(limits, each)))
    return judged(wrong, problem("{count} designs are calibrated.", count=len(approved)))


def _not_calibrated(limits: InForce, design: Design) -> Problem | None:
    limits.use(design)
    return limits.notice


_WORKS = problem("It answers, says what it is, and is ready.")

CHECKS: tuple[Check[Installation], ...] = (
    Check("IQ-14", (Need.DEVICES,), problem("Ask the printer who it is and how it is."), _WORKS,
          _printer),
    Check("IQ-15", (Need.DEVICES,), problem("Ask the camera for a picture."), _WORKS, _camera),
    Check("IQ-16", (Need.DEVICES,), problem("Open the line of the scanner."), _WORKS, _scanner),
    Check("IQ-17", (Need.DEVICES, Need.GATE), problem("Ask the gate whether it is at rest."),
          _WORKS, _gate),
    Check(
        "IQ-31", (Need.DEVICES,),
        problem("Look whether the challenge card came through the scanner unchanged."),
        problem("It did, and not too long ago."),
        _proved,
    ),
    Check(
        "IQ-32", (Need.CALIBRATED,),
        problem("Look whether each approved design was calibrated under this camera."),
        problem("It was, wherever the configuration asks for it."),
        _calibrated,
    ),
)  # fmt: skip
