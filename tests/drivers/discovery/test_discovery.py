"""What is plugged in is found by looking only, and whatever it calls itself is only a name."""

import errno
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_mock import MockerFixture
from serial.tools.list_ports_common import ListPortInfo

from drivers.discovery import Kind, everything
from drivers.discovery.cameras import ENUM_FMT, QUERYCAP, capability, video_cameras
from drivers.discovery.found import LONGEST, fact, path_of, text
from drivers.discovery.keyboards import scanner_keyboards
from drivers.discovery.lines import serial_lines
from drivers.discovery.usb_printers import usb_printers
from drivers.interface import Unreachable
from drivers.wire import SerialPort, serial_ports

HONEYWELL, ADAPTER = 0x0C2E, 0x1A86
CAPTURE, METADATA, DEVICE_CAPS = 0x1, 0x00800000, 0x80000000


def plugged(path: Path, *, vendor: int | None = ADAPTER, name: str = "USB Serial") -> SerialPort:
    path.touch()
    return SerialPort(str(path), vendor, None if vendor is None else 0x7523, name)


def linked(link: Path, device: Path) -> Path:
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(device)
    return link


def described(folder: Path, **facts: str) -> None:
    """A folder of /sys; `id_vendor` is the file id/vendor."""
    for name, value in facts.items():
        path = folder / name.replace("_", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(value + "\n")


def test_looking_at_this_machine_never_fails() -> None:
    assert all(each.address for each in everything())


def test_a_serial_line_is_named_as_it_stays_named(tmp_path: Path) -> None:
    port = plugged(tmp_path / "ttyUSB0")
    link = linked(tmp_path / "by-id" / "usb-1a86_USB_Serial-if00-port0", tmp_path / "ttyUSB0")
    (found,) = serial_lines(listed=lambda: (port,), by_id=link.parent)
    assert (found.kind, found.address) == (Kind.SERIAL, f"serial://{link}?baud=9600")
    assert found.says == "USB 1a86:7523"
    assert found.usable


def test_without_a_lasting_name_it_has_that_of_its_port(tmp_path: Path) -> None:
    port = plugged(tmp_path / "ttyS0", vendor=None)
    (found,) = serial_lines(listed=lambda: (port,), by_id=tmp_path / "by-id")
    assert found.address == f"serial://{tmp_path / 'ttyS0'}?baud=9600"
    assert found.says == "not on USB"


def test_a_name_that_no_address_can_carry_is_not_used(tmp_path: Path) -> None:
    device = tmp_path / "ttyACM0"
    device.touch()
    link = linked(tmp_path / "by-id" / "usb-A#1?x", device)
    assert path_of(device, {device.resolve(): link}) == str(device)


def test_who_makes_scanners_is_taken_for_one(tmp_path: Path) -> None:
    port = plugged(tmp_path / "ttyACM0", vendor=HONEYWELL, name="1950g")
    (found,) = serial_lines(listed=lambda: (port,), by_id=tmp_path)
    assert (found.kind, found.name) == (Kind.SCANNER, "1950g")
    assert found.says.endswith("Honeywell")


def test_a_line_that_was_pulled_out_meanwhile_says_so(tmp_path: Path) -> None:
    gone = SerialPort(str(tmp_path / "ttyUSB9"), ADAPTER, 1, "x")
    (found,) = serial_lines(listed=lambda: (gone,), by_id=tmp_path)
    assert found.hindrance == "it is gone"


def test_serial_lines_are_listed_through_the_one_door(mocker: MockerFixture) -> None:
    port = ListPortInfo("/dev/ttyACM0")
    port.vid, port.pid, port.manufacturer, port.product = HONEYWELL, 1, "Honeywell", "1950g"
    mocker.patch("drivers.wire.list_ports.comports", return_value=[port])
    assert serial_ports() == (SerialPort("/dev/ttyACM0", HONEYWELL, 1, "Honeywell 1950g"),)


@pytest.mark.parametrize("error", [OSError(errno.EIO, "I/O error"), ValueError("0x"), TypeError()])
def test_a_list_that_breaks_while_devices_are_pulled_out_is_our_error(
    mocker: MockerFixture, error: Exception
) -> None:
    mocker.patch("drivers.wire.list_ports.comports", side_effect=error)
    with pytest.raises(Unreachable, match="serial ports: cannot be listed"):
        serial_ports()


def test_a_keyboard_whose_vendor_makes_scanners_is_one(tmp_path: Path) -> None:
    device = tmp_path / "event7"
    device.touch()
    link = linked(tmp_path / "by-id" / "usb-Acme_1-event-kbd", device)
    described(tmp_path / "sys" / "event7" / "device", name="Acme 1", id_vendor="0c2e")
    (found,) = scanner_keyboards(by_id=link.parent, sys=tmp_path / "sys")
    assert (found.address, found.name) == (f"wedge://{link}", "Acme 1")


def test_a_keyboard_that_calls_itself_a_scanner_is_one(tmp_path: Path) -> None:
    device = tmp_path / "event8"
    device.touch()
    link = linked(tmp_path / "by-id" / "usb-X_USB_Barcode_Scanner-event-kbd", device)
    assert len(scanner_keyboards(by_id=link.parent, sys=tmp_path / "sys")) == 1


def test_the_keyboard_somebody_types_on_is_none(tmp_path: Path) -> None:
    device = tmp_path / "event3"
    device.touch()
    link = linked(tmp_path / "by-id" / "usb-Logitech_Keyboard-event-kbd", device)
    described(tmp_path / "sys" / "event3" / "device", name="Keyboard", id_vendor="046d")
    assert scanner_keyboards(by_id=link.parent, sys=tmp_path / "sys") == ()


class Camera:
    """Answers as a video driver does (linux/videodev2.h)."""

    def __init__(self, *formats: bytes, takes: int = CAPTURE, card: bytes = b"HD Webcam") -> None:
        self._formats = formats
        self._takes = takes
        self._card = card

    def __call__(self, _file: int, request: int, question: bytes) -> bytes:
        if request == QUERYCAP:
            assert len(question) == 104
            every = CAPTURE | METADATA | DEVICE_CAPS
            fields = (b"uvcvideo", self._card, b"usb-1", 0, every, self._takes)
            return struct.pack("=16s32s32sIII12x", *fields)
        assert request == ENUM_FMT
        assert len(question) == 64
        index = struct.unpack_from("=I", question)[0]
        if index >= len(self._formats):
            raise OSError(errno.EINVAL, "Invalid argument")
        return struct.pack("=III32s4s16x", index, 1, 0, b"Motion-JPEG", self._formats[index])


def video(tmp_path: Path, *nodes: str) -> dict[str, Path]:
    for node in nodes:
        (tmp_path / "dev").mkdir(exist_ok=True)
        (tmp_path / "dev" / node).touch()
        described(tmp_path / "sys" / node, name="Cam")
    return {"sys": tmp_path / "sys", "dev": tmp_path / "dev"}


def test_a_camera_says_what_it_can_do(tmp_path: Path) -> None:
    (found,) = video_cameras(**video(tmp_path, "video0"), ask=Camera(b"MJPG", b"YUYV"))
    assert (found.kind, found.name, found.says) == (
        Kind.CAMERA,
        "HD Webcam",
        "formats MJPG, YUYV",
    )
    assert found.address == f"v4l2://{tmp_path / 'dev' / 'video0'}"


def test_a_node_that_gives_no_pictures_is_no_camera(tmp_path: Path) -> None:
    places = video(tmp_path, "video0")
    assert video_cameras(**places, ask=Camera(takes=METADATA)) == ()


def test_cameras_come_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    found = video_cameras(**video(tmp_path, "video10", "video2"), ask=Camera(b"MJPG"))
    assert [each.address.rpartition("/")[2] for each in found] == ["video2", "video10"]


def test_a_camera_that_does_not_answer_is_named_with_the_reason(tmp_path: Path) -> None:
    def broken(_file: int, _request: int, _question: bytes) -> bytes:
        raise OSError(errno.ENODEV, "No such device")

    (found,) = video_cameras(**video(tmp_path, "video0"), ask=broken)
    assert (found.name, found.hindrance) == ("Cam", "No such device")


def test_a_list_of_formats_without_end_is_cut(tmp_path: Path) -> None:
    node = tmp_path / "video0"
    node.touch()
    endless = Camera(*[b"MJPG"] * 1000)
    assert len(capability(node, ask=endless).formats) == 32


def test_a_printer_on_a_usb_cable_is_shown_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "lp0" / "device").mkdir(parents=True)
    (tmp_path / "lp0" / "device" / "ieee1284_id").write_text(
        "MFG:Zebra Technologies ;CMD:ZPL;MDL:ZTC ZD421;\n"
    )
    (found,) = usb_printers(sys=tmp_path)
    assert found.name == "Zebra Technologies ZTC ZD421"
    assert "not over USB" in found.hindrance


def test_what_is_not_there_is_no_fact(tmp_path: Path) -> None:
    assert fact(tmp_path / "none") == ""


@given(st.binary(max_size=1000))
def test_any_bytes_become_a_short_text(data: bytes) -> None:
    assert len(text(data)) <= LONGEST
    text(data).encode()


@given(st.binary(min_size=32, max_size=32), st.integers(0, 2**32 - 1))
def test_whatever_a_camera_answers_is_only_data(
    tmp_path_factory: pytest.TempPathFactory, card: bytes, takes: int
) -> None:
    folder = tmp_path_factory.mktemp("camera")
    video_cameras(**video(folder, "video0"), ask=Camera(b"\xff\x00\n\x1b", takes=takes, card=card))
