"""The part of Aravis that a camera needs, called through ctypes (libaravis 0.8, C API reference).

Every object is let go by whoever made it: an `Acquisition` holds the camera until it is closed,
and the camera serves nobody else so long.
"""

import ctypes
from ctypes import POINTER, byref, c_char_p, c_double, c_int, c_size_t, c_uint, c_uint64, c_void_p
from dataclasses import dataclass
from functools import cache
from typing import Any

LIBRARY = "libaravis-0.8.so.0"

_MONO_8 = 0x01080001
"""Pixel Format Naming Convention: one byte per pixel, grey."""

_BUFFERS = 4
_SUCCESS, _CONTINUOUS, _AUTO_OFF = 0, 0, 0


class AravisError(Exception):
    """What the library says about a call that failed."""


class _Error(ctypes.Structure):
    """GError (GLib)."""

    _fields_ = (("domain", ctypes.c_uint32), ("code", c_int), ("message", c_char_p))


_ErrorOut = POINTER(c_void_p)
_Int = POINTER(c_int)

_CAN_FAIL: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "arv_camera_new": (c_void_p, (c_char_p,)),
    "arv_camera_set_acquisition_mode": (None, (c_void_p, c_int)),
    "arv_camera_set_pixel_format_from_string": (None, (c_void_p, c_char_p)),
    "arv_camera_set_region": (None, (c_void_p, c_int, c_int, c_int, c_int)),
    "arv_camera_get_region": (None, (c_void_p, _Int, _Int, _Int, _Int)),
    "arv_camera_is_exposure_auto_available": (c_int, (c_void_p,)),
    "arv_camera_set_exposure_time_auto": (None, (c_void_p, c_int)),
    "arv_camera_set_exposure_time": (None, (c_void_p, c_double)),
    "arv_camera_get_exposure_time": (c_double, (c_void_p,)),
    "arv_camera_is_gain_auto_available": (c_int, (c_void_p,)),
    "arv_camera_set_gain_auto": (None, (c_void_p, c_int)),
    "arv_camera_set_gain": (None, (c_void_p, c_double)),
    "arv_camera_get_gain": (c_double, (c_void_p,)),
    "arv_camera_get_payload": (c_uint, (c_void_p,)),
    "arv_camera_create_stream": (c_void_p, (c_void_p, c_void_p, c_void_p)),
    "arv_camera_start_acquisition": (None, (c_void_p,)),
    "arv_camera_stop_acquisition": (None, (c_void_p,)),
}
"""Result and arguments, without the GError** that each has at the end."""

_CANNOT_FAIL: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "arv_buffer_new_allocate": (c_void_p, (c_size_t,)),
    "arv_buffer_get_status": (c_int, (c_void_p,)),
    "arv_buffer_get_data": (c_void_p, (c_void_p, POINTER(c_size_t))),
    "arv_buffer_get_image_width": (c_int, (c_void_p,)),
    "arv_buffer_get_image_height": (c_int, (c_void_p,)),
    "arv_buffer_get_image_pixel_format": (c_uint, (c_void_p,)),
    "arv_buffer_get_timestamp": (c_uint64, (c_void_p,)),
    "arv_stream_push_buffer": (None, (c_void_p, c_void_p)),
    "arv_stream_timeout_pop_buffer": (c_void_p, (c_void_p, c_uint64)),
}


class _Library:
    """The functions with their types: a wrong argument would end the process."""

    def __init__(self) -> None:
        try:
            aravis = ctypes.CDLL(LIBRARY)
            self._unref = ctypes.CDLL("libgobject-2.0.so.0").g_object_unref
            self._error_free = ctypes.CDLL("libglib-2.0.so.0").g_error_free
        except OSError:
            raise AravisError(
                f"{LIBRARY} is not installed: apt-get install libaravis-0.8-0"
            ) from None
        self._unref.argtypes = self._error_free.argtypes = (c_void_p,)
        self._unref.restype = self._error_free.restype = None
        self._sure = {
            name: _declared(aravis[name], result, arguments)
            for name, (result, arguments) in _CANNOT_FAIL.items()
        }
        self._unsure = {
            name: _declared(aravis[name], result, (*arguments, _ErrorOut))
            for name, (result, arguments) in _CAN_FAIL.items()
        }

    def call(self, name: str, *arguments: object) -> Any:
        return self._sure[name](*arguments)

    def attempt(self, name: str, *arguments: object) -> Any:
        """A call that can fail. Raises AravisError."""
        error = c_void_p()
        value = self._unsure[name](*arguments, byref(error))
        if error.value:
            said: bytes = _Error.from_address(error.value).message
            self._error_free(error)
            raise AravisError(said.decode("utf-8", "replace"))
        return value

    def let_go(self, thing: int) -> None:
        self._unref(thing)


def _declared(function: Any, result: Any, arguments: tuple[Any, ...]) -> Any:
    function.restype, function.argtypes = result, arguments
    return function


@cache
def library() -> _Library:
    """Loaded when first needed. Raises AravisError, which says what to install."""
    return _Library()


@dataclass(frozen=True, slots=True)
class Image:
    """One complete picture, grey, a byte per pixel in rows."""

    data: bytes
    width: int
    height: int
    camera_ns: int
    """When it was taken, by a clock in the camera; zero where it has none."""


class Acquisition:
    """A camera that is set up, started, and stopped by `close`."""

    def __init__(self, device: str) -> None:
        """Raises AravisError where there is no such camera, and where somebody else has it."""
        self._library = library()
        self._stream = 0
        self._camera: int = self._library.attempt("arv_camera_new", device.encode())
        try:
            self._attempt("set_acquisition_mode", _CONTINUOUS)
            self._attempt("set_pixel_format_from_string", b"Mono8")
        except AravisError:
            self.close()
            raise

    def set_exposure(self, microseconds: float) -> float:
        """By hand from now on; what the camera has afterwards."""
        if self._attempt("is_exposure_auto_available"):
            self._attempt("set_exposure_time_auto", _AUTO_OFF)
        self._attempt("set_exposure_time", microseconds)
        return float(self._attempt("get_exposure_time"))

    def set_gain(self, gain: float) -> float:
        """By hand from now on, in the camera's unit; what the camera has afterwards."""
        if self._attempt("is_gain_auto_available"):
            self._attempt("set_gain_auto", _AUTO_OFF)
        self._attempt("set_gain", gain)
        return float(self._attempt("get_gain"))

    def set_region(self, region: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
        """x, y, width, height in pixels; what the camera has afterwards."""
        self._attempt("set_region", *region)
        x, y, width, height = c_int(), c_int(), c_int(), c_int()
        self._attempt("get_region", byref(x), byref(y), byref(width), byref(height))
        return x.value, y.value, width.value, height.value

    def start(self) -> None:
        payload = self._attempt("get_payload")
        self._stream = self._attempt("create_stream", None, None)
        for _ in range(_BUFFERS):
            buffer = self._library.call("arv_buffer_new_allocate", payload)
            self._library.call("arv_stream_push_buffer", self._stream, buffer)
        self._attempt("start_acquisition")

    def image(self, *, wait_us: int) -> Image | None:
        """The next complete picture; None only when none is there, at the end of the wait.

        One with holes in it is passed over.
        """
        while buffer := self._library.call("arv_stream_timeout_pop_buffer", self._stream, wait_us):
            try:
                image = self._copied(buffer)
            finally:
                self._library.call("arv_stream_push_buffer", self._stream, buffer)
            if image:
                return image
            wait_us = 0
        return None

    def close(self) -> None:
        """A camera that is gone cannot be told to stop."""
        try:
            if self._stream:
                self._attempt("stop_acquisition")
        except AravisError:
            pass  # it stops by itself when nobody holds it any more
        for each in (self._stream, self._camera):
            if each:
                self._library.let_go(each)
        self._stream = self._camera = 0

    def _copied(self, buffer: int) -> Image | None:
        call = self._library.call
        if call("arv_buffer_get_status", buffer) != _SUCCESS:
            return None
        if call("arv_buffer_get_image_pixel_format", buffer) != _MONO_8:
            raise AravisError("sends pictures in another format than Mono8")
        size = c_size_t()
        data = call("arv_buffer_get_data", buffer, byref(size))
        width = call("arv_buffer_get_image_width", buffer)
        height = call("arv_buffer_get_image_height", buffer)
        if width < 1 or height < 1 or width * height > size.value:
            raise AravisError(f"sends {size.value} bytes for {width} × {height} pixels")
        stamp = call("arv_buffer_get_timestamp", buffer)
        return Image(ctypes.string_at(data, width * height), width, height, stamp)

    def _attempt(self, name: str, *arguments: object) -> Any:
        return self._library.attempt(f"arv_camera_{name}", self._camera, *arguments)
