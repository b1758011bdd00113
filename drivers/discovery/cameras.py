"""Cameras of V4L2: what each is called, whether it takes pictures, and in which formats.

Asked with VIDIOC_QUERYCAP and VIDIOC_ENUM_FMT (linux/videodev2.h), which change nothing and can be
asked while somebody else takes pictures. A camera has several nodes; the others carry only
metadata, and say so.
"""

import fcntl
import os
import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from drivers.discovery.found import MOST, Found, Kind, closed, fact, path_of, stable_names, text

QUERYCAP = 0x80685600
"""_IOR('V', 0, struct v4l2_capability)"""

ENUM_FMT = 0xC0405602
"""_IOWR('V', 2, struct v4l2_fmtdesc)"""

_CAPABILITY = struct.Struct("=16s32s32sIII12x")
_FORMAT = struct.Struct("=III32s4s16x")
_VIDEO_CAPTURE = 0x1
_DEVICE_CAPS = 0x80000000
_MOST_FORMATS = 32
"""A driver that never ends its list is not waited for."""

_SYS = Path("/sys/class/video4linux")
_DEV = Path("/dev")

Ask = Callable[[int, int, bytes], bytes]
"""(open file, request, structure) → the structure as the driver filled it in; raises OSError."""


@dataclass(frozen=True, slots=True)
class Capability:
    card: str
    takes_pictures: bool
    formats: tuple[str, ...] = ()
    """Four characters each, such as "MJPG"."""


def video_cameras(
    *, sys: Path = _SYS, dev: Path = _DEV, ask: Ask = fcntl.ioctl
) -> tuple[Found, ...]:
    names = stable_names(dev / "v4l" / "by-id")
    nodes = (dev / path.name for path in _sorted(sys))
    found = (_found(node, fact(sys / node.name / "name"), names, ask) for node in nodes)
    return tuple(each for each in found if each)


def capability(device: Path, *, ask: Ask = fcntl.ioctl) -> Capability:
    """What a video device says of itself. Raises OSError."""
    node = os.open(device, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        _, card, _, _, all_nodes, own = _CAPABILITY.unpack(
            ask(node, QUERYCAP, bytes(_CAPABILITY.size))
        )
        capabilities = own if all_nodes & _DEVICE_CAPS else all_nodes
        takes = bool(capabilities & _VIDEO_CAPTURE)
        return Capability(text(card), takes, tuple(_formats(node, ask)) if takes else ())
    finally:
        os.close(node)


def _formats(node: int, ask: Ask) -> Iterator[str]:
    for index in range(_MOST_FORMATS):
        question = _FORMAT.pack(index, _VIDEO_CAPTURE, 0, b"", b"")
        try:
            answer = ask(node, ENUM_FMT, question)
        except OSError:  # EINVAL: there are no more
            return
        yield text(_FORMAT.unpack(answer)[4])


def _found(node: Path, name: str, names: dict[Path, Path], ask: Ask) -> Found | None:
    """None for a node of a camera that gives no pictures."""
    address = f"v4l2://{path_of(node, names)}"
    try:
        told = capability(node, ask=ask)
    except (OSError, struct.error) as error:
        why = error.strerror if isinstance(error, OSError) else None
        return Found(
            Kind.CAMERA, address, name, hindrance=closed(node) or why or "it does not answer"
        )
    if not told.takes_pictures:
        return None
    return Found(Kind.CAMERA, address, told.card or name, f"formats {', '.join(told.formats)}")


def _sorted(sys: Path) -> list[Path]:
    """video2 before video10."""
    try:
        nodes = [each for each in sys.iterdir() if re.fullmatch(r"video\d{1,4}", each.name)]
    except OSError:
        return []
    return sorted(nodes, key=lambda each: int(each.name[5:]))[:MOST]
