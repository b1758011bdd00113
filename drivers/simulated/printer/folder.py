"""A simulated printer that fills a folder with pictures of its labels."""

from collections.abc import Callable
from pathlib import Path

from PIL import Image

from drivers.simulated.label import PrintedLabel
from drivers.simulated.printer import SimulatedPrinter


def serve_to_folder(
    out: Path,
    *,
    on_line: Callable[[str], None],
    host: str = "127.0.0.1",
    port: int = 9100,
    dots_per_mm: int = 8,
    width_mm: int = 104,
    seconds_per_label: float = 0.0,
) -> SimulatedPrinter:
    """Start a printer on that port; the caller closes it.

    Each label becomes label-000001.png in `out`, which is made; numbers go on after those that
    are there. `on_line` gets one line of text for the address, for each label, and for whatever
    the printer did not understand. Raises OSError where the folder or the port is not to be had.
    """
    out.mkdir(parents=True, exist_ok=True)
    folder = _Folder(out, on_line)
    printer = SimulatedPrinter(
        on_label=folder.add,
        on_problem=lambda problem: on_line(f"not understood: {problem}"),
        dots_per_mm=dots_per_mm,
        width_mm=width_mm,
        seconds_per_label=seconds_per_label,
    )
    try:
        on_line(f"printing to {out} from {printer.serve_tcp(host, port)}")
    except OSError:
        printer.close()
        raise
    return printer


class _Folder:
    def __init__(self, out: Path, on_line: Callable[[str], None]) -> None:
        self._out = out
        self._on_line = on_line
        numbers = (path.stem.removeprefix("label-") for path in out.glob("label-*.png"))
        self._before = max((int(number) for number in numbers if number.isdecimal()), default=0)

    def add(self, label: PrintedLabel) -> None:
        path = self._out / f"label-{self._before + label.number:06d}.png"
        dots_per_inch = label.dots_per_mm * 25.4
        try:
            Image.fromarray(label.picture).save(path, dpi=(dots_per_inch, dots_per_inch))
        except OSError as error:
            self._on_line(f"{path.name}: not written: {error.strerror or error}")
            return
        self._on_line(f"{path.name}: {len(label.zpl)} bytes of ZPL")
        for problem in label.unknown:
            self._on_line(f"{path.name}: not understood: {problem}")
