"""What it takes to install a station on a Debian machine, or to upgrade one: commands in steps.

Nothing is done here. `labelstation install` prints the steps or performs them, so what is read is
what is done. Each command can be given again at any time: what is there already is left as it is,
a configuration above all.

    /opt/labelstation/releases/0.1.0   one virtual environment for each release
    /opt/labelstation/bin              a link into the one that runs: going back moves the link
    /etc/labelstation                  configuration, catalogue, templates, profiles: the plant's
    /var/lib/labelstation              the records, for nobody but the service

>>> print(Command(("ln", "-s", "a b", "/bin/x"), unless=("test", "-L", "/bin/x")))
test -L /bin/x || ln -s 'a b' /bin/x
"""

import re
import shlex
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from station.core.problem import Problem, Refused, problem, refuse

USER = "labelstation"
PREFIX = Path("/opt/labelstation")
ETC = Path("/etc/labelstation")
STATE = Path("/var/lib/labelstation")
UNIT = Path("/etc/systemd/system/labelstation.service")
RULES = Path("/etc/udev/rules.d/70-labelstation.rules")
COMMAND = Path("/usr/local/bin/labelstation")
CONFIG = ETC / "station.yaml"

PACKAGES = ("python3-venv", "libzbar0", "fonts-wqy-microhei")

_NEEDED = ("pyproject.toml", "requirements.lock", "README.md", "systemd", "config")
_PREFIX = re.compile(r"(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+")
_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+-]*")


@dataclass(frozen=True, slots=True)
class Command:
    words: tuple[str, ...]
    unless: tuple[str, ...] = ()
    """A test; where it succeeds there is nothing to do."""

    only_files: bool = False
    """Whether it changes nothing but files below the root that was given."""

    def __str__(self) -> str:
        tested = f"{shlex.join(self.unless)} || " if self.unless else ""
        return tested + shlex.join(self.words)


@dataclass(frozen=True, slots=True)
class Step:
    says: Problem
    commands: tuple[Command, ...]


@dataclass(frozen=True, slots=True)
class Installation:
    """One release of one source, to be put into its places."""

    source: Path
    """A checkout, or a released archive unpacked."""

    version: str
    prefix: Path = PREFIX
    root: Path | None = None
    """Where / is, if files only are to be laid out, without users, packages or services."""

    @classmethod
    def of(cls, source: Path, *, prefix: Path = PREFIX, root: Path | None = None) -> "Installation":
        """Raises Refused where the source lacks something or the prefix cannot be one."""
        refuse(_problems(source, prefix))
        document = tomllib.loads((source / "pyproject.toml").read_text(encoding="utf-8"))
        version = str(document.get("project", {}).get("version", ""))
        if not _VERSION.fullmatch(version):
            raise Refused(problem("{source} says no version.", source=str(source)))
        return cls(source.absolute(), version, prefix, root)

    @property
    def running(self) -> str:
        """The release that is linked now; empty where none is."""
        link = self._at(self.prefix / "bin")
        return link.readlink().parent.name if link.is_symlink() else ""

    def first(self) -> tuple[Step, ...]:
        """Install on a machine that has no station yet. It is not started: see `afterwards`."""
        return self._kept(
            self._packages(),
            self._user(),
            self._folders(),
            self._release(),
            self._link_once(),
            self._own_files(),
            self._rules(),
            self._unit(),
        )

    def upgrade(self) -> tuple[Step, ...]:
        """Replace the release that runs. Raises Refused where it is this one, or none is.

        The line may print until the new release was found able to start, and a backup possible.
        After the stop there is a second one: the first lacks the labels in between, and whoever
        goes back to a backup ends the orders of all that it lacks.
        """
        if not self.running:
            raise Refused(problem("No release is installed in {prefix}.", prefix=str(self.prefix)))
        if self.running == self.version:
            raise Refused(
                problem("Release {version} is the one that runs already.", version=self.version)
            )
        return self._kept(
            self._packages(),
            self._release(),
            self._check(),
            self._backup(),
            self._stop(),
            self._backup(),
            self._switch(self.version),
            self._rules(),
            self._unit(),
            self._start(),
        )

    def go_back(self) -> tuple[Step, ...]:
        """To the release that runs now, once it has been replaced."""
        return self._kept(self._stop(), self._switch(self.running), self._start())

    def afterwards(self) -> tuple[str, ...]:
        """What is left to a person after the first installation, as commands."""
        return (
            f"editor {CONFIG}",
            f"editor {UNIT}.d/10-addresses.conf",
            _as_user(str(COMMAND), "devices", "--config", str(CONFIG)),
            _as_user(str(COMMAND), "config", "check", "--config", str(CONFIG)),
            "systemctl start labelstation",
        )

    def _at(self, path: Path) -> Path:
        return self.root / path.relative_to("/") if self.root else path

    def _kept(self, *steps: Step) -> tuple[Step, ...]:
        """With a root only what changes nothing but files."""
        if self.root is None:
            return steps
        kept = (Step(s.says, tuple(c for c in s.commands if c.only_files)) for s in steps)
        return tuple(each for each in kept if each.commands)

    @property
    def _home(self) -> Path:
        return self.prefix / "releases" / self.version

    def _packages(self) -> Step:
        there = ("dpkg-query", "-W", *PACKAGES)
        wanted = ("apt-get", "install", "-y", "--no-install-recommends", *PACKAGES)
        return Step(
            problem("Packages of the system"),
            (Command(("apt-get", "update"), unless=there), Command(wanted, unless=there)),
        )

    def _user(self) -> Step:
        options = ("--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin")
        add = ("useradd", *options, "--home-dir", str(STATE), USER)
        return Step(
            problem("The user of the service, and its group"),
            (Command(add, unless=("getent", "passwd", USER)),),
        )

    def _folders(self) -> Step:
        return Step(
            problem("Folders"),
            (
                self._folder(self.prefix / "releases", "0755"),
                self._folder(ETC, "0755"),
                self._folder(STATE, "0700", owner=USER),
            ),
        )

    def _release(self) -> Step:
        python = str(self._home / "bin" / "python")
        pip = (python, "-m", "pip", "install", "--disable-pip-version-check")
        lock = str(self.source / "requirements.lock")
        done = ("test", "-x", str(self._home / "bin" / "labelstation"))
        return Step(
            problem("Release {version}, in a virtual environment of its own", version=self.version),
            (
                Command(("python3", "-m", "venv", str(self._home)), unless=done),
                Command((*pip, "--require-hashes", "-r", lock), unless=done),
                Command((*pip, "--no-deps", str(self.source)), unless=done),
            ),
        )

    def _link_once(self) -> Step:
        link = str(self._at(self.prefix / "bin"))
        command = str(self._at(COMMAND))
        return Step(
            problem("The release that runs; another one is changed by an upgrade only"),
            (
                _files(
                    "ln", "-s", f"releases/{self.version}/bin", link, unless=("test", "-L", link)
                ),
                self._folder(COMMAND.parent, "0755"),
                _files("ln", "-sfn", str(self.prefix / "bin" / "labelstation"), command),
            ),
        )

    def _switch(self, version: str) -> Step:
        """A link takes the place of another in one step, so that there always is one."""
        link = str(self._at(self.prefix / "bin"))
        return Step(
            problem("Release {version} becomes the one that runs", version=version),
            (
                _files("ln", "-sfn", f"releases/{version}/bin", f"{link}.new"),
                _files("mv", "-T", f"{link}.new", link),
            ),
        )

    def _own_files(self) -> Step:
        """The plant's own from the first day: no later release touches them."""
        trees = (
            command
            for name in ("catalogue", "labels", "profiles")
            for command in self._tree(self.source / "config" / name, ETC / name)
        )
        example = self._file(
            "config/station.example.yaml", CONFIG, mode="0640", group=USER, once=True
        )
        return Step(
            problem("Configuration, catalogue, templates and profiles, where there are none"),
            (*trees, example),
        )

    def _rules(self) -> Step:
        subsystems = ("tty", "video4linux", "input")
        return Step(
            problem("Devices: who may use them, and names that stay"),
            (
                self._folder(RULES.parent, "0755"),
                self._file("systemd/70-labelstation.rules", RULES),
                Command(("udevadm", "control", "--reload")),
                Command(("udevadm", "trigger", *(f"--subsystem-match={s}" for s in subsystems))),
            ),
        )

    def _unit(self) -> Step:
        moved = f"s,{PREFIX}/,{self.prefix}/,g"
        elsewhere = (_files("sed", "-i", moved, str(self._at(UNIT))),)
        return Step(
            problem("The service"),
            (
                self._folder(UNIT.parent / f"{UNIT.name}.d", "0755"),
                self._file("README.md", self.prefix / "README.md"),
                self._file("systemd/labelstation.service", UNIT),
                *(elsewhere if self.prefix != PREFIX else ()),
                self._file(
                    "systemd/10-addresses.conf",
                    UNIT.parent / f"{UNIT.name}.d" / "10-addresses.conf",
                    once=True,
                ),
                Command(("systemctl", "daemon-reload")),
                Command(("systemctl", "enable", "labelstation")),
            ),
        )

    def _check(self) -> Step:
        new = str(self._home / "bin" / "labelstation")
        return Step(
            problem("The new release could start with the configuration"),
            (_run_as_user(new, "config", "check", "--config", str(CONFIG)),),
        )

    def _stop(self) -> Step:
        return Step(
            problem("The station stops when the label in hand is done"),
            (Command(("systemctl", "stop", "labelstation")),),
        )

    def _backup(self) -> Step:
        old = str(self.prefix / "bin" / "labelstation")
        return Step(
            problem("A backup of everything, restored for trial"),
            (_run_as_user(old, "backup", "--config", str(CONFIG)),),
        )

    def _start(self) -> Step:
        return Step(
            problem("The station starts; what was in hand is held until a person resumes it"),
            (Command(("systemctl", "start", "labelstation")),),
        )

    def _owned(self, owner: str, group: str) -> tuple[str, ...]:
        """Below another root there are no users yet."""
        return () if self.root else ("-o", owner, "-g", group)

    def _folder(self, path: Path, mode: str, *, owner: str = "root") -> Command:
        owned = self._owned(owner, owner)
        return _files("install", "-d", "-m", mode, *owned, str(self._at(path)))

    def _file(
        self, name: str, path: Path, *, mode: str = "0644", group: str = "root", once: bool = False
    ) -> Command:
        target = str(self._at(path))
        owned = self._owned("root", group)
        unless = ("test", "-e", target) if once else ()
        return _files("install", "-m", mode, *owned, str(self.source / name), target, unless=unless)

    def _tree(self, source: Path, path: Path) -> Iterator[Command]:
        """Whole or not at all: what is there is never taken for whole when half of it came."""
        target = str(self._at(path))
        there = ("test", "-e", target)
        yield _files("cp", "-RT", "--no-preserve=mode", str(source), f"{target}.part", unless=there)
        yield _files("mv", "-T", f"{target}.part", target, unless=there)


def _problems(source: Path, prefix: Path) -> Iterator[Problem]:
    missing = [each for each in _NEEDED if not (source / each).exists()]
    if missing:
        yield problem(
            "{source} is no source to install from: it has no {missing}. Give a checkout or an"
            " unpacked release with --from.",
            source=str(source),
            missing=", ".join(missing),
        )
    if not _PREFIX.fullmatch(str(prefix)):
        yield problem(
            "Expected an absolute path of letters, digits, dots and dashes, got {got!r}.",
            where="--prefix",
            got=str(prefix)[:100],
        )


def _files(*words: str, unless: tuple[str, ...] = ()) -> Command:
    return Command(words, unless=unless, only_files=True)


def _run_as_user(*words: str) -> Command:
    return Command(("runuser", "-u", USER, "--", *words))


def _as_user(*words: str) -> str:
    return str(_run_as_user(*words))
