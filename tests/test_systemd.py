"""The unit lets the station do what it does and little else, and gives up in the end."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event

import pytest
from pydantic import ValidationError

from drivers.deadline import Deadline
from drivers.discovery.vendors import PRINTERS, SCANNERS
from station.app import Station, records_of
from station.config import Config, ReaderConfig, WebConfig, load
from station.core.state import OrderState
from station.records.clock import boot
from station.records.journal import read_only
from torture.approved import approve

ROOT = Path(__file__).parents[1]
UNIT = ROOT / "systemd" / "labelstation.service"
ADDRESSES = ROOT / "systemd" / "10-addresses.conf"
RULES = ROOT / "systemd" / "70-labelstation.rules"
NOBODY = 65534
EXPOSURE = 15
"""Tenths, as `systemd-analyze security` counts: 0 is nothing at all, 100 everything."""

ORDER = """\
id: WO-1
product: HAS-MHB-HC
level: unit
quantity: 2
production_date: 2026-03-20
serials: {prefix: CN, start: "000001"}
template: has-mhb-hc-unit
revision: "1"
"""


def settings(name: str, path: Path = UNIT) -> list[str]:
    """All words given for a setting of the unit, in every line that gives some."""
    lines = (line.partition("=") for line in path.read_text(encoding="utf-8").split("\n"))
    return [word for key, _, words in lines if key == name for word in words.split()]


def seconds(name: str) -> int:
    (value,) = settings(name)
    return int(value)


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is missing: apt-get install systemd")
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=False)


def test_the_unit_is_one_that_systemd_takes_without_a_word(tmp_path: Path) -> None:
    unit = tmp_path / UNIT.name
    there = UNIT.read_text(encoding="utf-8").replace(
        "/opt/labelstation/bin/labelstation", "/bin/true"
    )
    unit.write_text(there, encoding="utf-8")
    (tmp_path / f"{UNIT.name}.d").mkdir()
    shutil.copy(ADDRESSES, tmp_path / f"{UNIT.name}.d")
    done = analyze("verify", "--man=no", str(unit))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_sandbox_leaves_little_exposed() -> None:
    done = analyze("security", "--offline=yes", f"--threshold={EXPOSURE}", "--no-pager", str(UNIT))
    assert done.returncode == 0, done.stdout[-200:]


def test_the_clock_may_be_asked_and_not_set() -> None:
    """Each record says whether the clock is steered, which takes a call that could set it."""
    assert {"adjtimex", "clock_adjtime", "clock_adjtime64"} <= set(settings("SystemCallFilter"))
    assert settings("ProtectClock") == []
    assert settings("CapabilityBoundingSet") == []


def test_the_second_place_and_the_backups_of_the_example_can_be_written() -> None:
    config = load(ROOT / "config" / "station.example.yaml")
    assert config.backup.folder is not None
    allowed = [Path(each.lstrip("-")) for each in settings("ReadWritePaths")]
    for wanted in (config.heads.folder, config.backup.folder):
        assert any(wanted.is_relative_to(each) for each in allowed), wanted


def test_the_data_of_the_example_lie_in_the_state_of_the_service() -> None:
    config = load(ROOT / "config" / "station.example.yaml")
    (state,) = settings("StateDirectory")
    assert config.data == Path("/var/lib") / state
    assert config.heads.key.is_relative_to(config.data)


def test_a_station_that_keeps_failing_is_given_up() -> None:
    """Even one that is stopped by its watchdog each time, which takes longest."""
    slowest = seconds("WatchdogSec") + seconds("RestartSec")
    assert seconds("StartLimitIntervalSec") > seconds("StartLimitBurst") * slowest
    assert settings("Restart") == ["on-failure"]


def test_the_watchdog_is_more_patient_than_the_longest_wait_for_a_scan() -> None:
    with pytest.raises(ValidationError):
        ReaderConfig(scan_seconds=min(seconds("WatchdogSec"), seconds("TimeoutStopSec")))


def test_the_addresses_of_the_plant_are_in_a_file_of_their_own() -> None:
    """Without it only this machine can be reached, so that nobody forgets to think about it."""
    assert settings("IPAddressDeny") == ["any"]
    assert settings("IPAddressAllow") == ["localhost"]
    assert "192.168.0.0/16" in settings("IPAddressAllow", ADDRESSES)


RULE = re.compile(
    r"""(?P<key>[A-Z_]+)(\{(?P<attribute>[A-Za-z_]+)\})?(?P<sign>==|!=|\+=|:=|=)"(?P<value>[^"]*)\""""
)
MATCHED = {"SUBSYSTEM", "SUBSYSTEMS", "KERNEL", "ATTR", "ATTRS", "ENV"}
ASSIGNED = {"GROUP", "MODE", "SYMLINK", "ENV"}


def rules() -> Iterator[list[re.Match[str]]]:
    """Each rule as its terms."""
    for line in RULES.read_text(encoding="utf-8").split("\n"):
        if not line or line.startswith("#"):
            continue
        terms = [RULE.fullmatch(term) for term in re.split(r",\s*(?=[A-Z])", line)]
        assert all(terms), line
        yield [term for term in terms if term]


def test_each_udev_rule_matches_first_and_gives_afterwards() -> None:
    for terms in rules():
        signs = [term["sign"] in {"==", "!="} for term in terms]
        assert signs == sorted(signs, reverse=True)
        for term, matches in zip(terms, signs, strict=True):
            assert term["key"] in (MATCHED if matches else ASSIGNED), term[0]
            assert (term["attribute"] is not None) == (term["key"] in {"ATTR", "ATTRS", "ENV"})


def test_udev_gives_devices_to_the_group_of_the_service() -> None:
    """It belongs to no other: in its own user namespace it could not."""
    groups = {term["value"] for terms in rules() for term in terms if term["key"] == "GROUP"}
    assert groups == set(settings("Group"))
    assert settings("PrivateUsers") == ["yes"]
    assert settings("SupplementaryGroups") == []


def test_udev_knows_the_makers_that_discovery_knows() -> None:
    told = {
        vendor
        for terms in rules()
        for term in terms
        if term["attribute"] == "idVendor"
        for vendor in term["value"].split("|")
    }
    assert {f"{each:04x}" for each in (*SCANNERS, *PRINTERS)} <= told


def test_udev_itself_takes_the_rules_where_it_can_tell() -> None:
    program = shutil.which("udevadm")
    if program is None:
        pytest.skip("udevadm is missing: apt-get install udev")
    told = subprocess.run([program, "--help"], capture_output=True, text=True, check=False).stdout
    if "verify" not in told:
        pytest.skip("udevadm has no verify: it is there from systemd 254 on")
    done = subprocess.run([program, "verify", str(RULES)], capture_output=True, check=False)
    assert done.returncode == 0, done.stdout


class Manager:
    """The side of systemd that is told how the service is (sd_notify(3))."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        name = f"labelstation-test-{os.getpid()}"
        self._socket.bind(f"\0{name}")
        self.address = f"@{name}"

    def wait_for(self, message: bytes, deadline: Deadline) -> None:
        while not deadline.expired:
            self._socket.settimeout(max(deadline.remaining(), 0.001))
            if self._socket.recv(200) == message:
                return
        raise AssertionError(f"{message!r} is never said")

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def manager() -> Iterator[Manager]:
    manager = Manager()
    yield manager
    manager.close()


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A data folder with approved designs and one order in its inbox, owned by the service."""
    folder = tmp_path / "state"
    with Station(Config(data=folder / "data", web=WebConfig(port=0))) as station:
        approve(station.journal, folder / "data", station.workshop.library)
    (folder / "data" / "orders" / "inbox" / "order.yaml").write_text(ORDER)
    (folder / "station.yaml").write_text("data: data\nlanguage: en\nweb: {port: 0}\n")
    for path in (folder, *folder.rglob("*")):
        os.chown(path, NOBODY, NOBODY)
    return folder


def sandboxed(state: Path, *command: str) -> tuple[str, ...]:
    imitation = str(ROOT / "tests" / "imitate_service.py")
    return (sys.executable, imitation, str(UNIT), str(state), "--", *command)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Skips where it cannot be imitated."""
    if os.geteuid() != 0:
        pytest.skip("the sandbox of the unit can be imitated by root only")
    if any(
        ROOT.is_relative_to(hidden) for hidden in ("/tmp", "/var/tmp", "/home", "/root", "/run")
    ):
        pytest.skip(f"the sandbox hides the folder of this checkout: {ROOT}")
    analyze("--version")
    folder = tmp_path_factory.mktemp("state")
    os.chown(folder, NOBODY, NOBODY)
    tried = subprocess.run(
        sandboxed(folder, "true"), capture_output=True, text=True, check=False, timeout=60
    )
    if "unshare" in tried.stderr or "user namespace" in tried.stderr:
        pytest.skip(f"this machine lets nobody imitate the sandbox: {tried.stderr[-200:]}")
    assert tried.returncode == 0, tried.stderr


@pytest.mark.usefixtures("sandbox")
@pytest.mark.parametrize(
    "tried",
    [
        "open('/etc/labelstation.txt', 'w')",
        "open('/sys/kernel/profiling', 'w')",
        "import mmap; mmap.mmap(-1, 4096, prot=7)",
        "import socket; socket.socket(socket.AF_NETLINK)",
        "import time; time.clock_settime(time.CLOCK_REALTIME, 0)",
        "import os; os.sched_setaffinity(0, {0})",
        "import os; os.listdir('/proc/1/fd')",
        "import os; os.setuid(0)",
    ],
)
def test_what_a_station_never_does_is_refused(tmp_path: Path, tried: str) -> None:
    linux = tuple(int(each) for each in re.findall(r"\d+", os.uname().release)[:2])
    if "mmap" in tried and linux < (6, 3):
        pytest.skip("refusing memory that is written and executed takes Linux 6.3")
    os.chown(tmp_path, NOBODY, NOBODY)
    done = subprocess.run(
        sandboxed(tmp_path, sys.executable, "-I", "-c", tried),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert "Error" in done.stderr


@contextmanager
def served(state: Path, manager: Manager) -> Iterator[subprocess.Popen[bytes]]:
    command = (sys.executable, "-m", "station", "run", "--config", "station.yaml")
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "NOTIFY_SOCKET": manager.address,
    }
    with (
        (state.parent / "log").open("wb") as log,
        subprocess.Popen(
            sandboxed(state, *command), env=environment, stdout=log, stderr=log
        ) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.usefixtures("sandbox")
def test_a_station_works_under_the_restrictions_of_the_unit(state: Path, manager: Manager) -> None:
    """It prints an order, records what it always records, feeds its watchdog, and ends."""
    deadline = Deadline.after(90)
    log = state.parent / "log"
    pause = Event()
    with served(state, manager) as process:
        manager.wait_for(b"READY=1", deadline)
        manager.wait_for(b"WATCHDOG=1", deadline)
        records = records_of(load(state / "station.yaml"))
        while (row := records.order("WO-1")) is None or row.state != OrderState.FINISHED:
            assert not deadline.expired, log.read_text()
            pause.wait(0.1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(deadline.remaining()) == 0, log.read_text()
    assert row.balance.released == 2
    with closing(read_only(state / "data")) as db:
        started = db.execute("SELECT body FROM event WHERE type = 'StationStarted'").fetchall()
    assert json.loads(str(started[-1][0]))["boot"] == boot()
