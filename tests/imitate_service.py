"""Runs a program as systemd would run it for a unit, as far as a kernel does that without systemd.

    python tests/imitate_service.py UNIT STATE -- COMMAND…

As root. STATE becomes /var/lib/labelstation, the only folder that can be written besides a /tmp of
its own. Done as the unit says: User (its group alone, in a user namespace of its own, for
PrivateUsers), ProtectSystem, ProtectHome, PrivateTmp, ProtectProc, NoNewPrivileges,
CapabilityBoundingSet, MemoryDenyWriteExecute, SystemCallFilter with its error, and
RestrictAddressFamilies. Not done: DevicePolicy and IPAddressDeny, which are programs in a control
group, and the filters over single arguments (namespaces, suid bits, personality, real time).
"""

import ctypes
import errno
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

NOBODY = 65534
HERE = Path(__file__).parents[1]
STATE = Path("/var/lib/labelstation")

_LIBC = ctypes.CDLL(None, use_errno=True)
_MOUNT_SETATTR = 442
_AT_FDCWD, _AT_RECURSIVE = -100, 0x8000
_READ_ONLY = 0x1
_MS_BIND, _MS_REC, _MS_PRIVATE = 0x1000, 0x4000, 0x40000
_NEW_MOUNTS, _NEW_IPC, _NEW_USERS = 0x20000, 0x8000000, 0x10000000
_PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS, _PR_SET_MDWE = 24, 38, 65
_FAMILIES = {"AF_UNIX": 1, "AF_INET": 2, "AF_INET6": 10}
_ALLOW, _FAIL = 0x7FFF0000, 0x00050000
_EQUAL = 4


def settings(unit: Path, name: str) -> list[list[str]]:
    """The words of each line that gives the setting."""
    found = re.findall(rf"^{name}=(.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE)
    return [each.split() for each in found]


def given(unit: Path, name: str) -> bool:
    return settings(unit, name) == [["yes"]]


def main(unit: Path, state: Path, command: list[str]) -> NoReturn:
    _checked(_LIBC.unshare(_NEW_MOUNTS | _NEW_IPC), "unshare")
    _arrange(unit, state)
    filter_ = _Filter(unit)
    _become_nobody()
    for capability in range(64):
        _LIBC.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
    _checked(_LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges")
    if given(unit, "MemoryDenyWriteExecute") and _LIBC.prctl(_PR_SET_MDWE, 1, 0, 0, 0) < 0:
        sys.stderr.write("MemoryDenyWriteExecute is not imitated: that takes Linux 6.3\n")
    os.umask(int(settings(unit, "UMask")[0][0], 8))
    os.chdir(STATE)
    filter_.load()
    os.execvp(command[0], command)


def _checked(result: int, what: str) -> None:
    if result < 0:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")


def _arrange(unit: Path, state: Path) -> None:
    """The file system as the service sees it."""
    _mount("none", Path("/"), flags=_MS_REC | _MS_PRIVATE)
    # Opened before anything is laid over them, and found again through their descriptors.
    homes = [Path("/root"), Path("/home")] if given(unit, "ProtectHome") else []
    kept = {each: os.open(each, os.O_PATH) for each in _needed(homes)}
    state_handle = os.open(state, os.O_PATH)
    for folder in (*homes, Path("/var/lib"), Path("/tmp"), Path("/var/tmp")):
        _mount("tmpfs", folder, kind="tmpfs", data="mode=1777" if folder.name == "tmp" else "")
    for folder, handle in (*kept.items(), (STATE, state_handle)):
        folder.mkdir(parents=True, exist_ok=True)
        _mount(f"/proc/self/fd/{handle}", folder, flags=_MS_BIND | _MS_REC)
    _mount("proc", Path("/proc"), kind="proc", data="hidepid=invisible")
    _read_only(Path("/"), recursive=True)
    for folder in (STATE, Path("/tmp"), Path("/var/tmp"), Path("/dev"), Path("/proc")):
        _read_only(folder, on=False)


def _needed(homes: list[Path]) -> Iterator[Path]:
    """Where the program is, so far as it would vanish with the homes."""
    for each in {HERE, Path(sys.prefix).resolve(), Path(sys.base_prefix).resolve()}:
        if any(each.is_relative_to(home) for home in homes):
            yield each


def _mount(source: str, target: Path, *, kind: str = "", flags: int = 0, data: str = "") -> None:
    done = _LIBC.mount(
        source.encode(), bytes(target), kind.encode() or None, flags, data.encode() or None
    )
    _checked(done, f"mount {target}")


def _read_only(folder: Path, *, on: bool = True, recursive: bool = False) -> None:
    """mount_setattr(2), since Linux 5.12."""
    attributes = (ctypes.c_uint64 * 4)(_READ_ONLY if on else 0, 0 if on else _READ_ONLY, 0, 0)
    flags = _AT_RECURSIVE if recursive else 0
    size = ctypes.sizeof(attributes)
    done = _LIBC.syscall(
        _MOUNT_SETATTR, _AT_FDCWD, bytes(folder), flags, ctypes.byref(attributes), size
    )
    _checked(done, f"read only {folder}")


def _become_nobody() -> None:
    """A user namespace that knows root and the service's user; only a parent may write its map."""
    ours, theirs = os.pipe(), os.pipe()
    helper = os.getpid()
    child = os.fork()
    if not child:
        os.read(ours[0], 1)
        for kind in ("uid", "gid"):
            lines = f"0 0 1\n{NOBODY} {NOBODY} 1\n"
            Path(f"/proc/{helper}/{kind}_map").write_text(lines, encoding="ascii")
        os.write(theirs[1], b"x")
        os._exit(0)
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    _checked(_LIBC.unshare(_NEW_USERS), "user namespace")
    os.write(ours[1], b"x")
    if not os.read(theirs[0], 1):
        raise OSError(errno.EPERM, "the user namespace has no map")
    os.waitpid(child, 0)


class _Argument(ctypes.Structure):
    """struct scmp_arg_cmp of libseccomp."""

    _fields_ = (
        ("arg", ctypes.c_uint),
        ("op", ctypes.c_int),
        ("datum_a", ctypes.c_uint64),
        ("datum_b", ctypes.c_uint64),
    )


class _Filter:
    """System calls, as libseccomp filters them for systemd too."""

    def __init__(self, unit: Path) -> None:
        self._library = ctypes.CDLL("libseccomp.so.2")
        self._library.seccomp_init.restype = ctypes.c_void_p
        self._rules = ctypes.c_void_p(self._library.seccomp_init(_FAIL | errno.EPERM))
        allowed = _allowed(settings(unit, "SystemCallFilter"))
        for name in allowed - {"socket"}:
            self._add(name)
        for family in settings(unit, "RestrictAddressFamilies")[0]:
            self._add("socket", _Argument(0, _EQUAL, _FAMILIES[family], 0))

    def load(self) -> None:
        _checked(self._library.seccomp_load(self._rules), "system call filter")

    def _add(self, name: str, *arguments: _Argument) -> None:
        number = self._library.seccomp_syscall_resolve_name(name.encode())
        if number >= 0:  # others are of another machine
            these = (_Argument * len(arguments))(*arguments)
            add = self._library.seccomp_rule_add_array
            _checked(add(self._rules, _ALLOW, number, len(arguments), these), name)


def _allowed(lines: list[list[str]]) -> set[str]:
    """What is left of the lists, in their order; "~" takes away (systemd.exec(5))."""
    found = _members(["@default"])
    for words in lines:
        members = _members(word.lstrip("~") for word in words)
        found = found - members if words[0].startswith("~") else found | members
    return found | {"execve"}


def _members(words: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for word in words:
        found |= _members(_listed(word)) if word.startswith("@") else {word}
    return found


def _listed(name: str) -> list[str]:
    told = subprocess.run(
        ["systemd-analyze", "syscall-filter", name],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return [each.strip() for each in told.split("\n")[1:] if each.strip() and "#" not in each]


if __name__ == "__main__":
    with suppress(BrokenPipeError):
        main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[4:])
