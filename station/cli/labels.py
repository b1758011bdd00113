"""Labels on their own: their bytes, their picture, and a verdict on a photograph."""

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from station import documents
from station.app import Workshop, check_printable, records_of
from station.artwork import zpl as zpl_
from station.artwork.design import Design
from station.artwork.picture import expected_picture, to_png
from station.cli.terminal import (
    BAD,
    GOOD,
    UNREADABLE,
    AsJson,
    ConfigFile,
    clear_refusals,
    configuration,
    language,
    say,
    say_json,
)
from station.config import Config
from station.core.judge import Code, NothingIssued, Reason, Verdict, judge, shown
from station.core.problem import Refused, problem
from station.line.job import Job, Label
from station.line.reader import reading_of
from station.line.sheet import compared_with
from station.line.verdicts import verdict_of
from station.vision.decode import decode as decode_
from station.vision.decode import read_image
from station.vision.markup import marked
from station.vision.picture import Picture, to_jpeg
from station.vision.presence import label_present
from station.vision.see import see
from station.vision.sighting import Finding
from station.wording import whys

Order = Annotated[str, typer.Argument(metavar="ORDER", help="An order's id, or a work order file.")]
Number = Annotated[int, typer.Option("--label", min=1, help="Which label of the order, from 1.")]


def zpl(order: Order, *, label: Number = 1, config: ConfigFile = None) -> None:
    """Print the ZPL of one label to standard output: complete, for any printer."""
    with clear_refusals():
        settings = configuration(config)
        job, found = _found(settings, order, label)
        _check_printable(settings, job.template)
        sys.stdout.buffer.write(zpl_.standalone(found.artwork))


def preview(
    order: Order,
    *,
    label: Number = 1,
    out: Annotated[Path, typer.Option("-o", "--out", help="PNG file to write.")],
    config: ConfigFile = None,
) -> None:
    """Draw one label as it should come out of the printer, dot for dot."""
    with clear_refusals():
        found = _label(configuration(config), order, label)
        _write(out, to_png(expected_picture(found.artwork)))


def decode(
    images: Annotated[list[Path], typer.Argument(metavar="IMAGE…")],
    *,
    as_json: AsJson = False,
) -> None:
    """Read every symbol in photographs; one process for all of them."""
    code = GOOD
    for path in images:
        try:
            symbols = decode_(read_image(path), qr=True).symbols
        except Refused as refused:
            code = UNREADABLE
            if as_json:
                say_json({"file": str(path), "symbols": [], "error": str(refused)})
            else:
                say(f"{path}: {refused}")
            continue
        code = max(code, GOOD if symbols else BAD)
        if as_json:
            say_json(
                {
                    "file": str(path),
                    "symbols": [
                        {
                            "identifier": each.identifier,
                            "data": each.data.decode("utf-8", "backslashreplace"),
                            "data_hex": each.data.hex(),
                            "engine": each.engine,
                        }
                        for each in symbols
                    ],
                }
            )
            continue
        for each in symbols:
            say(f"{path}: {each.identifier} {shown(each.data)}")
        if not symbols:
            say(f"{path}: no symbol")
    raise typer.Exit(code)


def judge_(
    order: Order,
    image: Annotated[Path, typer.Argument(metavar="IMAGE")],
    *,
    label: Number = 1,
    framed: Annotated[
        Path | None,
        typer.Option("--framed", metavar="FILE", help="JPEG with what was found framed."),
    ] = None,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """The verdict on a photograph of one label: its codes, and its print as far as it was meant."""
    with clear_refusals():
        found = _label(configuration(config), order, label)
        pixels = read_image(image)
        verdict, findings = _verdict(found, pixels)
        if framed:
            _write(framed, to_jpeg(marked(pixels, findings)))
    if as_json:
        say_json(
            {
                "verdict": "accepted" if verdict.accepted else "rejected",
                "reasons": [
                    {"code": r.code, "ai": r.ai, "expected": r.expected, "read": r.read}
                    for r in verdict.reasons
                ],
            }
        )
    else:
        say("accepted" if verdict.accepted else "rejected")
        for why in whys(verdict.reasons, language()):
            say(f"  {why.sentence}")
    raise typer.Exit(GOOD if verdict.accepted else BAD)


def _verdict(label: Label, pixels: Picture) -> tuple[Verdict, tuple[Finding, ...]]:
    """Within the built-in limits: a photograph says not under which camera it was taken."""
    sheet = compared_with(label.artwork)
    sighting = see(pixels, expected=label.expected.carriers, sheet=sheet)
    if not sighting.decoding.symbols and not label_present(pixels):
        return Verdict((Reason(Code.NONE),)), ()
    if sheet is None:
        return judge(label.expected, reading_of(sighting.decoding), NothingIssued()), ()
    return verdict_of(label.expected, sighting, NothingIssued()), sighting.findings


def _check_printable(config: Config, template: Design) -> None:
    try:
        check_printable(config, template)
    except Refused as refused:
        words = ("labelstation", "template", "proof", template.name, template.revision)
        instead = problem(
            "To see the design on paper, print a proof: {command}",
            command=f"{shlex.join(words)} --zpl FILE",
        )
        raise Refused(*refused.problems, instead) from None


def _label(config: Config, order: str, number: int) -> Label:
    return _found(config, order, number)[1]


def _found(config: Config, order: str, number: int) -> tuple[Job, Label]:
    """A label of an order on file or in the records, and what it is of. Raises Refused."""
    workshop = Workshop.open(config)
    path = Path(order)
    if path.suffix and path.is_file():
        rows = documents.rows(documents.read(path))
        if len(rows) != 1:
            raise Refused(
                problem("{file} holds {got} orders, expected one.", file=order, got=len(rows))
            )
        with clear_refusals(code=BAD):
            job = workshop.job(workshop.order(rows[0]))
        return job, job.label(number, serial=job.serial_of(number))
    records = records_of(config)
    row = records.order(order)
    if row is None:
        raise Refused(
            problem("{order!r} is neither an order of this station nor a file.", order=order)
        )
    job = workshop.job(row.order)
    issued = records.label(order, number)
    serial = job.serial_of(number) if issued is None else issued.serial
    return job, job.label(number, serial=serial)


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise Refused(
            problem("Cannot write {path}: {why}.", path=str(path), why=error.strerror or "?")
        ) from None
