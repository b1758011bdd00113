"""`labelstation calibrate`: good labels are measured, and limits follow."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from drivers.interface import DriverError
from station import devices
from station.app import Workshop, camera_reader, open_records
from station.artwork.design import Design
from station.cli.terminal import BAD, AsJson, ConfigFile, configuration, refusals, say_json, tell
from station.config import Config
from station.core.calibration import LEAST_LABELS, Calibration, LearnedDesign, calibrated
from station.core.events import LabelCalibrated
from station.core.problem import Problem, Refused, problem, refuse
from station.core.quality import Quality
from station.line.calibrating import Sampler, against, learned, on_picture, setting_of
from station.line.control import actor_of
from station.line.job import Label
from station.line.specimen import some_specimen
from station.line.spoken import problems_of_name
from station.line.taught import different, learned_of, recorded
from station.vision.picture import read_image
from station.vision.see import see

MOST_LABELS = 500

Found = TypeVar("Found")


def calibrate(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Of the template.")],
    revision: Annotated[str, typer.Argument(metavar="REVISION")],
    *,
    labels: Annotated[
        int, typer.Option(min=LEAST_LABELS, max=MOST_LABELS, help="How many are printed.")
    ] = 20,
    pictures: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Photographs of specimens, instead of printing."),
    ] = None,
    proof: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="For what was learned of another designer's label: PNG."),
    ] = None,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who calibrates.")] = "",
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Measure good labels of a design, and set its limits by them. The station stands still.

    Specimens are printed one by one; each has to be a good one. What is set holds for this design
    under this camera: another design, camera, picture size or light makes it void.

    Of a design that another designer wrote, in fonts of the printer's own, labels that all differ
    are printed: what they have in common is learned and compared from then on.
    """
    with refusals(BAD):
        settings = configuration(config)
        refuse(problems_of_name(by))
        design = Workshop.open(settings).library.template(name, revision)
        with open_records(settings) as (journal, _):
            found = (
                _photographed(settings, design, pictures)
                if pictures
                else _printed(settings, design, labels)
            )
            if found.learned and proof:
                proof.write_bytes(learned_of(found.learned).proof)
            journal.append(LabelCalibrated(calibration=found), actor=actor_of(by, uid=os.getuid()))
    if as_json:
        say_json(found.model_dump(mode="json"))
        return
    _tell(found)


def _printed(config: Config, design: Design, count: int) -> Calibration:
    """Raises Refused."""
    press = Workshop.open(config).press
    label = some_specimen(design, press=press).label
    with _sampler(config) as sampler:
        if not label.artwork.foreign:
            measured = [_one(sampler.sample, label, number) for number in range(1, count + 1)]
            return _calibrated(config, design, sampler.pixels, measured)
        others = islice(different(design, press=press), count)
        shown = [(each, _one(sampler.photograph, each, n)) for n, each in enumerate(others, 1)]
    taught = recorded(learned(shown, see=see))
    measured = [against(*each, taught, see=see) for each in shown]
    return _calibrated(config, design, sampler.pixels, measured, learned=taught)


@contextmanager
def _sampler(config: Config) -> Iterator[Sampler]:
    """The printer and the camera of the station, which is not running. Raises Refused."""
    with ExitStack() as opened:
        bench = devices.bench(config)
        if bench:
            opened.callback(bench.close)
        printer = devices.printer(config, bench)
        opened.callback(printer.close)
        reader = camera_reader(config, bench)
        if reader is None:
            raise Refused(problem("A calibration needs a camera.", where="reader.camera"))
        opened.callback(reader.close)
        sampler = Sampler(printer=printer, reader=reader, seconds=config.printer.seconds)
        try:
            sampler.prepare()
            yield sampler
        except DriverError as fault:
            raise Refused(problem("Still not ready: {why}.", why=str(fault))) from None


def _one(sample: Callable[[Label], Found], label: Label, number: int) -> Found:
    """Where somebody stands by, each label is taken away before the next one comes."""
    if number > 1 and sys.stdin.isatty():
        tell(problem("Take the label away, and press Enter for label {number}.", number=number))
        sys.stdin.readline()
    try:
        return sample(label)
    except Refused as refused:
        raise refused.within(f"label {number}") from None


def _photographed(config: Config, design: Design, folder: Path) -> Calibration:
    """Raises Refused with everything that is wrong with any of the pictures."""
    workshop = Workshop.open(config)
    label = some_specimen(design, press=workshop.press).label
    if label.artwork.foreign:
        raise Refused(
            problem(
                "What a design in the printer's own fonts looks like is learned from labels that"
                " all differ: print them, without --pictures."
            )
        )
    measured: list[Quality] = []
    problems: list[Problem] = []
    sizes: set[tuple[int, int]] = set()
    for path in sorted(each for each in folder.iterdir() if each.is_file()):
        try:
            pixels = read_image(path)
            sizes.add((pixels.shape[1], pixels.shape[0]))
            measured.append(on_picture(pixels, label, see=see))
        except Refused as refused:
            problems.extend(refused.within(path.name).problems)
    if len(sizes) > 1:
        problems.append(
            problem(
                "Expected pictures of one size, as one camera takes them; got {got}.",
                got=", ".join(f"{width} × {height}" for width, height in sorted(sizes)),
            )
        )
    refuse(problems)
    return _calibrated(config, design, next(iter(sizes), (0, 0)), measured)


def _calibrated(
    config: Config,
    design: Design,
    pixels: tuple[int, int],
    measured: list[Quality],
    *,
    learned: LearnedDesign | None = None,
) -> Calibration:
    workshop = Workshop.open(config)
    setting = setting_of(
        design,
        font=workshop.font,
        dots_per_mm=config.printer.dots_per_mm,
        camera=devices.camera_words(config),
        pixels=pixels,
    )
    return calibrated(setting, measured, learned=learned)


def _tell(found: Calibration) -> None:
    tell(
        problem(
            "Calibrated with {count} labels: template {name} {revision}.",
            count=found.labels,
            name=found.setting.template,
            revision=found.setting.revision,
        )
    )
    limits = found.limits.model_dump()
    for name, spread in found.measured.items():
        tell(
            problem(
                "{name}: {least} to {most}, usually {middle}; limit {limit}.",
                name=name,
                least=spread.least,
                most=spread.most,
                middle=spread.middle,
                limit=limits[name],
            )
        )
