"""What was set up is looked at: settings, the last start, devices, designs."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from drivers.simulated.printer import SimulatedPrinter
from station.app import VERSION, Workshop
from station.config import Config, PrinterConfig, ReaderConfig, WebConfig, shipped
from station.core.challenge_card import CARD
from station.core.events import ScannerProved, StationStarted, SymbolRead
from station.qualification import configured, equipment
from station.qualification.check import Finding, Outcome
from station.qualification.installation import Installation
from station.records.journal import Journal
from torture.approved import approve


@pytest.fixture
def settings(tmp_path: Path) -> Config:
    return Config(data=tmp_path / "data", web=WebConfig(port=0))


def look(id_: str, settings: Config) -> Finding:
    (check,) = (each for each in (*configured.CHECKS, *equipment.CHECKS) if each.id == id_)
    return check.look(Installation(settings, path=None))


def texts(found: Finding) -> str:
    return "\n".join(map(str, found.told))


def test_a_setting_that_keeps_the_station_from_starting_is_told(settings: Config) -> None:
    assert look("IQ-11", settings).outcome == Outcome.PASS
    found = look("IQ-11", settings.model_copy(update={"font": Path("/no/such/font")}))
    assert found.outcome == Outcome.FAIL
    assert "font" in texts(found)


def test_what_is_for_trials_only_is_a_deviation(settings: Config) -> None:
    found = look("IQ-12", settings)
    assert found.outcome == Outcome.FAIL
    assert "Simulated: printer, camera, gate." in texts(found)


def test_settings_that_differ_are_in_the_evidence_and_no_password_is(settings: Config) -> None:
    reader = ReaderConfig(camera="rtsp://admin:geheim@192.0.2.8/live")
    found = look("IQ-12", settings.model_copy(update={"reader": reader, "name": "Line 7"}))
    evidence = found.evidence.decode()
    assert 'name: "Line 7"  ["station"]' in evidence
    assert "192.0.2.8" in evidence
    assert "geheim" not in evidence + texts(found)


@pytest.mark.parametrize(("version", "outcome"), [(VERSION, Outcome.PASS), ("0.0.1", Outcome.FAIL)])
def test_the_last_start_is_the_one_that_is_signed_for(
    settings: Config, version: str, outcome: Outcome
) -> None:
    assert look("IQ-13", settings).outcome == Outcome.NOT_APPLICABLE
    with closing(Journal(settings.data)) as journal:
        journal.append(StationStarted(version="0", configuration=""))
        journal.append(StationStarted(version=version, configuration=settings.digest))
    assert look("IQ-13", settings).outcome == outcome


def test_a_simulated_device_is_no_device_to_look_at(settings: Config) -> None:
    for id_ in ("IQ-14", "IQ-15", "IQ-16", "IQ-17"):
        assert look(id_, settings).outcome == Outcome.NOT_APPLICABLE


@pytest.fixture
def printer() -> Iterator[str]:
    """The address of a printer that is on the network."""
    with closing(SimulatedPrinter(on_label=lambda _: None)) as simulated:
        yield simulated.serve_tcp()


def _with(settings: Config, url: str) -> Config:
    printer, reader = PrinterConfig(url=url), ReaderConfig(camera="", scanner="tcp://127.0.0.1:1")
    gate = settings.gate.model_copy(update={"url": "operator"})
    return settings.model_copy(update={"printer": printer, "reader": reader, "gate": gate})


def test_a_device_says_who_it_is(settings: Config, printer: str) -> None:
    installation = Installation(_with(settings, printer), path=None)
    found = {each.id: each.look(installation) for each in equipment.CHECKS[:4]}
    assert found["IQ-14"].outcome == Outcome.PASS
    assert "dots/mm" in texts(found["IQ-14"])
    assert found["IQ-15"].outcome == Outcome.NOT_APPLICABLE, "none is configured"
    assert found["IQ-16"].outcome == Outcome.FAIL, "nobody listens there"
    assert found["IQ-17"].outcome == Outcome.PASS


def test_the_library_and_the_font_are_read(settings: Config) -> None:
    assert "27 products" in texts(look("IQ-18", settings))
    assert look("IQ-19", settings).outcome == Outcome.PASS


def test_a_design_changed_since_it_was_approved_is_named(tmp_path: Path, settings: Config) -> None:
    labels = tmp_path / "labels"
    labels.mkdir()
    for path in shipped("labels").glob("*.yaml"):
        (labels / path.name).write_bytes(path.read_bytes())
    own = settings.model_copy(update={"labels": labels})
    assert "No design is approved" in texts(look("IQ-20", own))
    with closing(Journal(own.data)) as journal:
        approve(journal, own.data, Workshop.open(own).library)
    assert look("IQ-20", own).outcome == Outcome.PASS
    path = labels / "has-mhb-hc-unit.yaml"
    path.write_text(path.read_text("utf-8").replace("width: 50,", "width: 49,", 1), "utf-8")
    found = look("IQ-20", own)
    assert found.outcome == Outcome.FAIL
    assert texts(found) == "Design has-mhb-hc-unit 1 was changed since it was approved."


WEDGE = "wedge:///dev/input/by-id/usb-scanner-event-kbd"


def test_a_scanner_that_types_has_to_be_proved(settings: Config) -> None:
    assert look("IQ-31", settings).outcome == Outcome.NOT_APPLICABLE
    reader = ReaderConfig(camera="", scanner=WEDGE)
    own = settings.model_copy(update={"reader": reader})
    card = CARD.encode()
    symbol = SymbolRead(identifier="]d2", data=card.hex(), engine="scanner")
    proof = ScannerProved(scanner=WEDGE, card=card.hex(), symbol=symbol)
    with closing(Journal(own.data)) as journal:
        journal.append(StationStarted(version="1", configuration=""))
        assert look("IQ-31", own).outcome == Outcome.FAIL
        journal.append(proof, actor="Li")
    found = look("IQ-31", own)
    assert found.outcome == Outcome.PASS
    assert "by Li" in texts(found)


def test_a_design_that_is_to_be_calibrated_and_is_not_is_named(settings: Config) -> None:
    assert look("IQ-32", settings).outcome == Outcome.NOT_APPLICABLE
    reader = ReaderConfig(calibration="required")
    own = settings.model_copy(update={"reader": reader})
    with closing(Journal(own.data)) as journal:
        approve(journal, own.data, Workshop.open(own).library)
    found = look("IQ-32", own)
    assert found.outcome == Outcome.FAIL
    assert "has-mhb-hc-unit" in texts(found)
