"""Installation: the program, its libraries, Python, and the files that make it a service."""

import base64
import hashlib
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, PackageNotFoundError, PackagePath, distribution
from pathlib import Path

from station.core.problem import Problem, Refused, problem
from station.installation import RULES, UNIT
from station.qualification.check import Check, Finding, judged, met, missed, not_applicable
from station.qualification.installation import Installation
from station.qualification.requirements import Need

PROGRAM = "labelstation"
OLDEST_PYTHON = (3, 11)
MOST_EXPOSED = 15
"""Tenths, as `systemd-analyze security` counts: 0 is nothing at all, 100 everything."""

ANALYSIS_SECONDS = 60
ADDRESSES = "10-addresses.conf"
"""The one file beside the unit that is the plant's own: which addresses its devices have."""

TOLD_AT_MOST = 10
"""Files or libraries that are named; the others are in the evidence."""

_LOCKED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)", re.MULTILINE)


def released(name: str) -> Path:
    """A file or folder of the release that is no program: beside it, or in the checkout."""
    package = Path(__file__).parents[1]
    shipped = package / "shipped" / name
    return shipped if shipped.exists() else package.parent / name


def _program(_: Installation) -> Finding:
    """Files against what the installer wrote down of each (RECORD, PyPA "Recording installed
    projects").
    """
    found = distribution(PROGRAM)
    evidence = "\n".join(_own_files()).encode()
    if not any(each.hash for each in found.files or () if each.suffix == ".py"):
        return not_applicable(
            problem(
                "Version {version} runs from a checkout, of which no installer wrote anything down;"
                " SHA-256 over its files: {digest}.",
                version=found.version,
                digest=hashlib.sha256(evidence).hexdigest(),
            )
        )
    looked, changed = _compared((found,))
    return judged(
        _named(changed),
        problem(
            "Version {version}, {files} files; SHA-256 over them: {digest}.",
            version=found.version,
            files=looked,
            digest=hashlib.sha256(evidence).hexdigest(),
        ),
        evidence=evidence,
    )


def _own_files() -> Iterator[str]:
    """Digest and path of every file of the packages, as sha256sum writes them."""
    root = Path(__file__).parents[2]
    for package in ("station", "drivers"):
        for path in sorted((root / package).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                yield f"{digest}  {path.relative_to(root)}"


def locked() -> dict[str, str]:
    """Versions by the names of the lock. Raises Refused where there is no lock."""
    path = released("requirements.lock")
    if not path.is_file():
        raise Refused(problem("There is no file {path}.", path=str(path)))
    return {each["name"]: each["version"] for each in _LOCKED.finditer(path.read_text("utf-8"))}


def _versions(_: Installation) -> Finding:
    wanted = locked()
    found = {name: _version(name) for name in wanted}
    wrong = tuple(
        problem(
            "{name}: expected {expected}, got {got}.",
            name=name,
            expected=wanted[name],
            got=found[name] or "–",
        )
        for name in wanted
        if found[name] != wanted[name]
    )
    lock = released("requirements.lock").read_bytes()
    return judged(
        _few(wrong),
        problem(
            "{count} libraries as in the lock; SHA-256 of the lock: {digest}.",
            count=len(wanted),
            digest=hashlib.sha256(lock).hexdigest(),
        ),
        evidence="\n".join(f"{name}=={version}" for name, version in found.items()).encode(),
    )


def _version(name: str) -> str:
    try:
        return distribution(name).version
    except PackageNotFoundError:
        return ""


def _libraries(_: Installation) -> Finding:
    there = tuple(distribution(name) for name in locked() if _version(name))
    looked, changed = _compared(there)
    return judged(
        _named(changed),
        problem("{files} files of {count} libraries.", files=looked, count=len(there)),
        evidence="\n".join(changed).encode(),
    )


def _compared(distributions: Iterable[Distribution]) -> tuple[int, tuple[str, ...]]:
    """How many files were looked at, and those that are not as they were installed."""
    files = [each for found in distributions for each in found.files or () if each.hash]
    return len(files), tuple(str(each) for each in files if not _as_installed(each))


def _as_installed(file: PackagePath) -> bool:
    assert file.hash, "only such are looked at"
    try:
        data = Path(str(file.locate())).read_bytes()
    except OSError:
        return False
    digest = hashlib.new(file.hash.mode, data).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == file.hash.value


def _named(changed: tuple[str, ...]) -> Iterator[Problem]:
    return _few(
        tuple(problem("{file} is not as it was installed.", file=each[-200:]) for each in changed)
    )


def _few(problems: tuple[Problem, ...]) -> Iterator[Problem]:
    yield from problems[:TOLD_AT_MOST]
    if len(problems) > TOLD_AT_MOST:
        yield problem("And {count} more.", count=len(problems) - TOLD_AT_MOST)


def _python(_: Installation) -> Finding:
    told = problem(
        "{name} {version} on {machine}, {system}.",
        name=platform.python_implementation(),
        version=platform.python_version(),
        machine=platform.machine(),
        system=platform.platform(),
    )
    good = sys.version_info >= OLDEST_PYTHON and platform.python_implementation() == "CPython"
    return met(told) if good else missed(told)


def _service_files(_: Installation) -> Finding:
    """The unit may lie elsewhere in what it names: an installer moved it (--prefix)."""
    if not UNIT.exists():
        return not_applicable(
            problem("No service is installed: there is no {path}.", path=str(UNIT))
        )
    pairs = ((UNIT, released("systemd") / UNIT.name), (RULES, released("systemd") / RULES.name))
    wrong = tuple(
        problem("{path} is not the file of this release.", path=str(there))
        for there, ours in pairs
        if not _same_file(there, ours)
    )
    added = (
        problem("{path} changes what the service may do.", path=str(each))
        for each in sorted(Path(f"{UNIT}.d").glob("*.conf"))
        if each.name != ADDRESSES
    )
    return judged((*wrong, *added), problem("Both files are those of this release."))


def _same_file(there: Path, ours: Path) -> bool:
    if not there.is_file():
        return False
    moved = re.sub(r"^ExecStart=\S*/bin/", "ExecStart=/opt/labelstation/bin/", _text(there),
                   flags=re.MULTILINE)  # fmt: skip
    moved = re.sub(r"^Documentation=.*$", "Documentation=", moved, flags=re.MULTILINE)
    return moved == re.sub(r"^Documentation=.*$", "Documentation=", _text(ours), flags=re.MULTILINE)


def _text(path: Path) -> str:
    return path.read_text("utf-8", "replace")


def _sandbox(_: Installation) -> Finding:
    """As systemd itself counts what the unit leaves open."""
    if not UNIT.exists():
        return not_applicable(
            problem("No service is installed: there is no {path}.", path=str(UNIT))
        )
    program = shutil.which("systemd-analyze")
    if program is None:
        return not_applicable(problem("There is no program {name} here.", name="systemd-analyze"))
    done = subprocess.run(  # noqa: S603 - a program of the system, and a path of ours
        (program, "security", "--offline=yes", f"--threshold={MOST_EXPOSED}", "--no-pager",
         str(UNIT)),
        capture_output=True, check=False, timeout=ANALYSIS_SECONDS,
    )  # fmt: skip
    last = done.stdout.decode("utf-8", "replace").strip().rpartition("\n")[2]
    told = problem("systemd: {said}", said=last[:200] or "–")
    evidence = done.stdout + done.stderr
    return met(told, evidence=evidence) if done.returncode == 0 else missed(told, evidence=evidence)


CHECKS: tuple[Check[Installation], ...] = (
    Check(
        "IQ-01", (Need.INSTALLED,),
        problem("Compare every file of the program with what was installed."),
        problem("No file is missing or changed."),
        _program,
    ),
    Check(
        "IQ-02", (Need.INSTALLED,),
        problem("Compare the version of every library with the lock of the release."),
        problem("Each library of the lock is there, in the version of the lock."),
        _versions,
    ),
    Check(
        "IQ-03", (Need.INSTALLED,),
        problem("Compare every file of the libraries with what was installed."),
        problem("No file is missing or changed."),
        _libraries,
    ),
    Check(
        "IQ-04", (Need.INSTALLED,),
        problem("Ask Python and the system who they are."),
        problem("CPython 3.11 or later."),
        _python,
    ),
    Check(
        "IQ-05", (Need.SERVICE,),
        problem("Compare the files of the service and of the devices with those of the release."),
        problem("They are the same."),
        _service_files,
    ),
    Check(
        "IQ-06", (Need.SERVICE,),
        problem("Let systemd say how much the service could do beside its work."),
        problem("An exposure of 1.5 or less, of 10."),
        _sandbox,
    ),
)  # fmt: skip
