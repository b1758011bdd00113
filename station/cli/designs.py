"""Looking at designs before anybody approves them: check, proof, diff."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from station import documents
from station.app import Workshop, approvals_of
from station.artwork import zpl as zpl_
from station.artwork.design import Design, from_canonical, from_file
from station.artwork.difference import Difference, difference, overlay
from station.artwork.picture import expected_picture, to_png
from station.artwork.proof import proof as proof_
from station.cli import terminal
from station.cli.terminal import BAD, GOOD, UNREADABLE, ConfigFile, configuration, refusals, tell
from station.config import Config
from station.core.problem import Problem, Refused, problem
from station.language import say
from station.line import design
from station.line.specimen import Specimen, some_specimen

Name = Annotated[str, typer.Argument(metavar="NAME")]
Revision = Annotated[str, typer.Argument(metavar="REVISION")]
Model = Annotated[str, typer.Option("--product", metavar="M", help="Of which product.")]
AtLevel = Annotated[str, typer.Option("--level", metavar="L", help="Of which packaging level.")]
Reference = Annotated[
    str, typer.Argument(help="NAME:REVISION, NAME:REVISION@approved, or a template file.")
]


def check(
    what: Annotated[
        str, typer.Argument(metavar="[NAME REVISION | FILE]", help="Without, all of them.")
    ] = "",
    revision: Annotated[str, typer.Argument(hidden=True)] = "",
    *,
    dots_per_mm: Annotated[
        int, typer.Option(help="For another print head than the configured one.")
    ] = 0,
    config: ConfigFile = None,
) -> None:
    """Say everything that could go wrong with the labels of a design."""
    with refusals(BAD):
        workshop = _workshop(config)
        press = workshop.press
        if dots_per_mm:
            press = replace(press, dots_per_mm=dots_per_mm)
        wrong: list[Problem] = []
        for template in _asked(workshop, what, revision):
            try:
                design.check(
                    template,
                    library=press.library,
                    font=press.font,
                    dots_per_mm=press.dots_per_mm,
                    today=press.today,
                )
            except Refused as refused:
                named = f"{template.name} {template.revision}"
                wrong.extend(refused.within(named).problems)
            else:
                terminal.say(f"good: {template.name} {template.revision}")
        if wrong:
            raise Refused(*wrong)


def proof(
    name: Name,
    revision: Revision,
    *,
    product: Model = "",
    level: AtLevel = "",
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="FILE", help="PNG file to write.")
    ] = None,
    zpl: Annotated[
        Path | None, typer.Option("--zpl", metavar="FILE", help="The same for a printer.")
    ] = None,
    config: ConfigFile = None,
) -> None:
    """Draw a specimen that nobody can take for a label: PROOF across it, symbols struck out."""
    with refusals(UNREADABLE):
        if out is None and zpl is None:
            raise Refused(problem("Say where the proof goes: -o FILE, --zpl FILE, or both."))
        workshop = _workshop(config)
        template = workshop.library.template(name, revision)
        found = some_specimen(template, press=workshop.press, product=product, level=level)
        drawn = proof_(found.label.artwork, font=workshop.font)
        if out:
            out.write_bytes(to_png(expected_picture(drawn)))
        if zpl:
            zpl.write_bytes(zpl_.standalone(drawn))
        tell(
            problem(
                "A specimen of {product}, {level}; it is no label.",
                product=found.product,
                level=found.level,
            )
        )


def diff(
    before: Reference,
    after: Reference,
    *,
    product: Model = "",
    level: AtLevel = "",
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="FILE", help="PNG of the dots, red/blue.")
    ] = None,
    config: ConfigFile = None,
) -> None:
    """What differs between two designs: fields, ZPL, dots. Exit code 1 if their labels do."""
    with refusals(UNREADABLE):
        settings = configuration(config)
        workshop = Workshop.open(settings)
        one, other = (_referred(workshop, settings, each) for each in (before, after))
        mine = some_specimen(one, press=workshop.press, product=product, level=level)
        theirs = _same_specimen(other, mine, workshop)
        labels = (mine.label.artwork, theirs.label.artwork)
        found = difference(one, other, labels=labels)
        if out:
            out.write_bytes(overlay(*labels))
    for line in _difference_lines(found):
        terminal.say(line)
    raise typer.Exit(GOOD if found.same else BAD)


def _same_specimen(template: Design, of: Specimen, workshop: Workshop) -> Specimen:
    return some_specimen(template, press=workshop.press, product=of.product, level=of.level)


def _difference_lines(found: Difference) -> Iterator[str]:
    language = terminal.language()
    for field in found.fields:
        yield f"{field.path}: {field.before} → {field.after}"
    yield from found.commands
    if found.dots:
        yield say("{count} dots differ:", language, count=found.dots)
    for each in found.elements:
        area = each.area
        yield say(
            "{name}: {count} dots, x {left}–{right}, y {top}–{bottom}",
            language,
            name=each.name,
            count=each.dots,
            left=area.x,
            right=area.right,
            top=area.y,
            bottom=area.bottom,
        )
    if found.same:
        yield say("The labels are the same.", language)


# -- which designs -------------------------------------------------------------------------


def _workshop(config: Path | None) -> Workshop:
    return Workshop.open(configuration(config))


def _asked(workshop: Workshop, what: str, revision: str) -> tuple[Design, ...]:
    """What is to be checked. Raises Refused."""
    if not what:
        return tuple(workshop.library.templates.values())
    if revision:
        return (workshop.library.template(what, revision),)
    return (_from_file(Path(what)),)


def _from_file(path: Path) -> Design:
    return from_file(path)


def _referred(workshop: Workshop, settings: Config, text: str) -> Design:
    """The design that a text names. Raises Refused."""
    path = Path(text)
    if path.suffix and path.is_file():
        return _from_file(path)
    named, _, version = text.partition("@")
    name, _, revision = named.rpartition(":")
    if version not in {"", "approved"} or not name:
        raise Refused(
            problem(
                "Expected NAME:REVISION, NAME:REVISION@approved or a template file, got {got!r}.",
                got=text[:80],
            )
        )
    if version:
        return _as_approved(settings, name, revision)
    return workshop.library.template(name, revision)


def _as_approved(settings: Config, name: str, revision: str) -> Design:
    """The design that was approved, as it is kept with the records. Raises Refused."""
    for each in approvals_of(settings):
        if (each.name, each.revision) == (name, revision):
            kept = settings.data / "evidence" / each.digest[:2] / f"{each.digest}.json"
            return from_canonical(documents.load(kept))
    raise Refused(
        problem("Template {name} {revision} was never approved.", name=name, revision=revision)
    )
