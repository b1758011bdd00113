"""Measurements, as ratios side by side where they compare: `scripts/bench`.

`scripts/bench durability`, `log` and `record` make sections of their own, from larger journals and
orders, `soak` another one, of a long shift, and `pages` what the pages cost.

Prints Markdown for docs/benchmarks.md. Needs no network; everything simulated is called simulated.
"""

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np
import zxingcpp
from numpy.typing import NDArray

from bench import catalogue, durability, log, pages, record, soak, wire
from bench.frames import frame_ages
from bench.line import line, rate, recovery, windows
from drivers.simulated.optics import HARSH, MILD, Optics, photograph
from station import documents
from station.app import Workshop
from station.artwork.picture import expected_picture
from station.config import Config, PrinterConfig
from station.core.judge import NothingIssued, Reading, judge
from station.line.job import Job, Label
from station.vision.decode import decode

RESOLUTIONS: tuple[Literal[8, 12], ...] = (8, 12)

ORDERS = {
    "HAS-MHB-HC unit (serial)": """\
id: BENCH-HC
product: HAS-MHB-HC
level: unit
quantity: {quantity}
production_date: 2026-11-20
serials: {{prefix: CN, start: "010123"}}
template: has-mhb-hc-unit
revision: "1"
""",
    "HAS-MHB-X2 primary (lot)": """\
id: BENCH-X2
product: HAS-MHB-X2
level: primary
quantity: {quantity}
lot: "20261120"
production_date: 2026-11-20
template: has-mhb-x2-primary
revision: "1"
""",
}


def main() -> None:
    parts = {
        "durability": durability.main,
        "log": log.main,
        "pages": pages.main,
        "record": record.main,
        "soak": soak.main,
    }
    if len(sys.argv) > 1 and sys.argv[1] in parts:
        parts[sys.argv.pop(1)]()
        return
    python = platform.python_version()
    print(f"Machine: {platform.machine()}, {os.cpu_count()} cores, Python {python}\n")
    wire.bytes_per_label((dots, _jobs(dots)) for dots in RESOLUTIONS)
    layout_time()
    catalogue.load()
    frame_to_verdict()
    whole_loop()
    windows()
    recovery()
    frame_ages()
    start_up()


def layout_time() -> None:
    print("## Layout, ZPL and expected picture of one label after the first (ms)\n")
    print("| label | dots/mm | p50 | p99 |\n|---|---|---|---|")
    for dots in RESOLUTIONS:
        for name, job in _jobs(dots).items():
            serials = [f"CN{n:06d}" for n in range(10_200, 10_400)]

            def one(serial: str, job: Job = job) -> None:
                label = job.label(1, serial=serial if job.order.serials else "")
                expected_picture(label.artwork)

            print(f"| {name} | {dots} | {_quantiles(_timed(one, serials))} |")
    print()


def frame_to_verdict() -> None:
    print("## Frame → verdict at 1280×960, beside a bare zxing-cpp call on the same frames (ms)\n")
    print("| label | simulated optics | frames | read | ours p50 | p99 | bare p50 | p99 | ratio |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name, job in _jobs(8).items():
        for optics_name, optics in (("mild", MILD), ("harsh", HARSH)):
            label = job.first
            frames = [_photograph(label, optics, seed) for seed in range(200)]
            accepted = sum(_verdict(label, frame) for frame in frames)
            ours = _timed(partial(_verdict, label), frames)
            bare = _timed(_bare, frames)
            ratio = statistics.median(ours) / statistics.median(bare)
            print(
                f"| {name} | {optics_name} | {len(frames)} | {accepted} | {_quantiles(ours)}"
                f" | {_quantiles(bare)} | {ratio:.2f} |"
            )
    print()


def whole_loop() -> None:
    print("## Whole loop on the simulated bench: TCP, HTTP, durable journal, evidence kept\n")
    print("| order | labels | labels/s |\n|---|---|---|")
    for name, text in ORDERS.items():
        with line() as at_work:
            order = "BENCH-HC" if "HC" in name else "BENCH-X2"
            issued, per_second = rate(at_work, text.format(quantity=150), order=order)
        print(f"| {name} | {issued} | {per_second:.1f} |", flush=True)
    print()


def start_up() -> None:
    print("## Start-up to ready\n")
    times = []
    for _ in range(3):
        with tempfile.TemporaryDirectory(dir=".", prefix=".bench-") as folder:
            config = Path(folder) / "station.yaml"
            config.write_text("web: {port: 0}\n")
            began = time.perf_counter()
            process = subprocess.Popen(
                [sys.executable, "-m", "station", "run", "--config", str(config)],
                stdout=subprocess.PIPE,
            )
            assert process.stdout is not None
            process.stdout.readline()
            times.append(time.perf_counter() - began)
            process.terminate()
            process.wait()
    low, high = min(times), max(times)
    print(f"Command to “ready”, simulated bench included: {low:.2f} to {high:.2f} s (n = 3)\n")


def _jobs(dots: Literal[8, 12]) -> dict[str, Job]:
    config = Config(printer=PrinterConfig(dots_per_mm=dots))
    workshop = Workshop.open(config)
    return {
        name: workshop.job(workshop.order(documents.read_yaml(text.format(quantity=1).encode())))
        for name, text in ORDERS.items()
    }


def _photograph(label: Label, optics: Optics, seed: int) -> NDArray[np.uint8]:
    picture = expected_picture(label.artwork)
    return photograph(picture, dots_per_mm=label.artwork.dots_per_mm, optics=optics, seed=seed)


def _verdict(label: Label, frame: NDArray[np.uint8]) -> bool:
    decoding = decode(frame, expected=label.expected.carriers)
    reading = Reading(decoding.symbols, decoding.disagreements)
    return judge(label.expected, reading, NothingIssued()).accepted


_FORMATS = zxingcpp.BarcodeFormats(
    [zxingcpp.BarcodeFormat.DataMatrix, zxingcpp.BarcodeFormat.Code128]
)


def _bare(frame: NDArray[np.uint8]) -> None:
    zxingcpp.read_barcodes(frame, formats=_FORMATS)


T = TypeVar("T")


def _timed(work: Callable[[T], object], inputs: Sequence[T]) -> list[float]:
    work(inputs[0])
    times = []
    for each in inputs:
        began = time.perf_counter()
        work(each)
        times.append((time.perf_counter() - began) * 1000)
    return times


def _quantiles(times: list[float]) -> str:
    return f"{np.quantile(times, 0.5):.1f} | {np.quantile(times, 0.99):.1f}"


if __name__ == "__main__":
    main()
