"""What is plugged into this machine and could be a device of the station. Linux only.

    serial lines     pyserial's list, and the names under /dev/serial/by-id that stay the same
    keyboards        /dev/input/by-id: a scanner that types what it reads
    cameras          /sys/class/video4linux, and what each says it can do
    USB printers     /sys/class/usbmisc: found, so that somebody is told to use another cable

Looking moves nothing: no serial line is opened (opening alone raises DTR and RTS, and a relay may
hang on either), and nothing is written to anything. Every name here comes from a plug that anybody
may have plugged in, so it is data: whoever shows it makes it harmless first.
"""

from drivers.discovery.cameras import video_cameras
from drivers.discovery.found import Found, Kind
from drivers.discovery.keyboards import scanner_keyboards
from drivers.discovery.lines import serial_lines
from drivers.discovery.usb_printers import usb_printers

__all__ = ["Found", "Kind", "everything"]


def everything() -> tuple[Found, ...]:
    """All that is there, in the order of their kinds."""
    return (*usb_printers(), *video_cameras(), *serial_lines(), *scanner_keyboards())
