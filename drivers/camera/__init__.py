"""Cameras: by snapshot, by stream, or by files that appear in a folder.

    open_camera("snapshot+http://192.0.2.21/snapshot.jpg")    asks for each picture
    open_camera("http://192.0.2.21/stream.mjpg")              MJPEG; also rtsp://…
    open_camera("v4l2:///dev/video0?width=1920&height=1080&exposure=157&gain=0&focus=30")
    open_camera("genicam://Vendor-12345?exposure_us=2000&gain=0")
    open_camera("folder:///srv/ftp/camera")                   the newest picture in a folder

A name and a password go into the address: http://name:password@192.0.2.21/….

Stale pictures are the classic silent failure: a stream that nobody drains hands out the picture of
the label before. So a snapshot counts as taken when it was asked for, of a stream a picture is
given only if the one before it was surely not there yet at the moment in question, and of a folder
only a file that was surely not there then.
"""

import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from drivers.camera.capture import Rtsp, VideoDevice
from drivers.camera.folder import FolderCamera
from drivers.camera.inspection import FROZEN_AFTER
from drivers.camera.mjpeg import Mjpeg
from drivers.camera.region import Region
from drivers.camera.snapshot import SnapshotCamera
from drivers.camera.stream import Source, StreamCamera
from drivers.interface import Camera, Unreachable

__all__ = ["FolderCamera", "Region", "SnapshotCamera", "StreamCamera", "open_camera"]


def open_camera(
    url: str,
    *,
    roi: Region | None = None,
    frozen_after: int | None = FROZEN_AFTER,
    lag_seconds: float = 0.0,
    clock: Callable[[], float] = time.monotonic,
) -> Camera:
    """The camera at this address. Raises Unreachable where it cannot be one.

    `roi` is the part of each picture that is looked at. So many pictures alike in a row as
    `frozen_after` says are a fault; None for a source without noise. `lag_seconds` is how old a
    picture can be when the camera hands it out.
    """
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise Unreachable(url, f"not an address: {error}") from None
    match parts.scheme:
        case "snapshot+http" | "snapshot+https":
            return SnapshotCamera(
                url.removeprefix("snapshot+"),
                roi=roi,
                frozen_after=frozen_after,
                lag_seconds=lag_seconds,
                clock=clock,
            )
        case "folder" if parts.path:
            return FolderCamera(
                Path(unquote(parts.path)),
                roi=roi,
                frozen_after=frozen_after,
                lag_seconds=lag_seconds,
                clock=clock,
            )
        case "genicam":
            return StreamCamera(
                _genicam(url, roi, clock),
                frozen_after=frozen_after,
                lag_seconds=lag_seconds,
                clock=clock,
            )
    return StreamCamera(
        _source(url, parts.scheme, clock),
        roi=roi,
        frozen_after=frozen_after,
        lag_seconds=lag_seconds,
        clock=clock,
    )


def _source(url: str, scheme: str, clock: Callable[[], float]) -> Source:
    match scheme:
        case "http" | "https":
            return Mjpeg(url, clock=clock)
        case "rtsp":
            return Rtsp(url, clock=clock)
        case "v4l2":
            return VideoDevice.at(url, clock=clock)
    raise Unreachable(
        url,
        "expected snapshot+http://, http://, rtsp://, v4l2:///, genicam:// or folder:///"
        " and an address",
    )


def _genicam(url: str, roi: Region | None, clock: Callable[[], float]) -> Source:
    """Needs a library of the system, which nobody else shall have to install."""
    from drivers.camera.genicam import GenICam  # noqa: PLC0415 - see above

    return GenICam(url, roi=roi, clock=clock)
