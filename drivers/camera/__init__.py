"""Cameras: by snapshot, by stream, or by files that appear in a folder.

    open_camera("snapshot+http://192.0.2.21/snapshot.jpg")    asks for each picture
    open_camera("http://192.0.2.21/stream.mjpg")              also rtsp://…
    open_camera("v4l2:///dev/video0?width=1920&height=1080")
    open_camera("folder:///srv/ftp/camera")                   the newest picture in a folder

A name and a password go into the address: http://name:password@192.0.2.21/….

Stale pictures are the classic silent failure: a stream that nobody drains hands out the picture of
the label before. So a snapshot counts as taken when it was asked for, of a stream only the second
picture that arrives after the moment in question is given, and of a folder only a file that was
surely not there at that moment.
"""

import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from drivers.camera.folder import FolderCamera
from drivers.camera.snapshot import SnapshotCamera
from drivers.camera.stream import StreamCamera
from drivers.interface import Camera, Unreachable

__all__ = ["FolderCamera", "SnapshotCamera", "StreamCamera", "open_camera"]


def open_camera(url: str, *, clock: Callable[[], float] = time.monotonic) -> Camera:
    """The camera at this address. Raises Unreachable where it cannot be one."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise Unreachable(url, f"not an address: {error}") from None
    match parts.scheme:
        case "snapshot+http" | "snapshot+https":
            return SnapshotCamera(url.removeprefix("snapshot+"), clock=clock)
        case "http" | "https" | "rtsp" | "v4l2":
            return StreamCamera(url, clock=clock)
        case "folder" if parts.path:
            return FolderCamera(Path(unquote(parts.path)), clock=clock)
    raise Unreachable(
        url, "expected snapshot+http://, http://, rtsp://, v4l2:/// or folder:/// and an address"
    )
