"""The page of the simulated bench, on a bench whose printer has printed three labels."""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import numpy as np
import pytest

from drivers.deadline import Deadline
from drivers.interface import Symbol, print_one
from drivers.scanner import SerialScanner
from drivers.simulated.bench import Bench
from drivers.simulated.practice import Practice
from drivers.zebra import Zebra
from station.line.board import Board
from station.records.evidence import Evidence
from station.vision.decode import decode
from station.vision.picture import Picture, from_bytes
from station.web.server import Server

LABEL = b"^XA^PW240^LL240^FO40,40^BXN,6,200,0,0,6,_,1^FH\\^FD_10106972869182019\\1D21CN0000%d^FS^XZ"


def soon() -> Deadline:
    return Deadline.after(20)


def read(picture: Picture) -> tuple[Symbol, ...]:
    return decode(np.pad(picture, 40, constant_values=255)).symbols


@pytest.fixture
def bench() -> Iterator[Bench]:
    with closing(Bench()) as made:
        zebra = Zebra(made.printer_url, poll_seconds=0.002)
        for number in (1, 2, 3):
            print_one(zebra, LABEL % number, soon())
        zebra.close()
        made.take_away()
        yield made


@pytest.fixture
def served(bench: Bench, tmp_path: Path) -> Iterator[httpx.Client]:
    """A browser on the page, which sends what our own pages send."""
    server = Server(
        board=Board(),
        folder=tmp_path,
        evidence=Evidence(tmp_path / "evidence"),
        language="en",
        station_name="Line 3",
        simulation=Practice(bench, read=read, scanner=True),
    )
    server.start()
    try:
        with httpx.Client(base_url=server.url) as browser:
            token = re.search(r'data-token="([^"]+)"', browser.get("/simulation").text)
            assert token
            browser.headers.update({"Origin": server.url, "X-Station-Token": token[1]})
            yield browser
    finally:
        server.stop()


def test_a_station_with_real_devices_has_no_such_page(
    client: httpx.Client, own: dict[str, str]
) -> None:
    assert client.get("/simulation").status_code == 404
    assert client.get("/simulation/label/1.png").status_code == 404
    answer = client.post("/simulation/order", data={"fault": "lost"}, headers=own)
    assert answer.status_code == 404
    assert "/simulation" not in client.get("/").text


def test_the_page_says_that_it_is_simulated_and_offers_every_fault_and_remedy(
    served: httpx.Client, bench: Bench
) -> None:
    page = served.get("/simulation").text
    assert "SIMULATED" in page
    practice = Practice(bench, read=read)
    for fault in practice.faults:
        assert f'name="fault" value="{fault.name}"' in page
    for remedy in practice.remedies:
        assert f'name="remedy" value="{remedy.name}"' in page
    assert 'href="/simulation"' in served.get("/").text


def test_the_page_speaks_chinese(served: httpx.Client) -> None:
    served.cookies.set("language", "zh")
    assert "有人打开了打印头。" in served.get("/simulation").text


def test_labels_that_came_out_are_shown_with_what_can_be_read_on_them(
    served: httpx.Client,
) -> None:
    page = served.get("/simulation").text
    assert page.index("21CN00003") < page.index("21CN00001"), "the newest comes first"
    picture = served.get("/simulation/label/2.png")
    assert (picture.headers["content-type"], picture.content[:4]) == ("image/png", b"\x89PNG")
    assert served.get("/simulation/label/9.png").status_code == 404


def test_a_fault_strikes_at_once_and_is_mended(served: httpx.Client, bench: Bench) -> None:
    answer = served.post("/simulation/order", data={"fault": "head-open", "when": "now"})
    assert (answer.status_code, answer.headers["hx-refresh"]) == (204, "true")
    assert bench.printer.status.head_open
    served.post("/simulation/mend", data={"remedy": "close-head"})
    assert not bench.printer.status.head_open


def test_a_fault_waits_for_the_next_label_once_until_it_is_forgotten(
    served: httpx.Client, bench: Bench
) -> None:
    for _ in range(2):
        served.post("/simulation/order", data={"fault": "lost", "when": "next"})
    assert [each.fault.name for each in bench.ordered] == ["lost"]
    assert "At the next label: <b>lost</b>" in served.get("/simulation").text
    served.post("/simulation/cancel")
    assert bench.ordered == ()


@pytest.mark.parametrize(
    ("address", "data"),
    [
        ("order", {"fault": "earthquake", "when": "now"}),
        ("order", {"fault": "damaged", "when": "now"}),
        ("order", {}),
        ("mend", {"remedy": "<b>"}),
        ("lay", {"number": "4"}),
        ("lay", {"number": "-1"}),
        ("lay", {"serial": "CN00009"}),
        ("lay", {}),
        ("scan", {"number": "9" * 30}),
        ("send", {"typed": ""}),
        ("send", {"typed": "x" * 501}),
    ],
)
def test_what_the_bench_cannot_do_is_refused_with_a_sentence(
    served: httpx.Client, bench: Bench, address: str, data: dict[str, str]
) -> None:
    answer = served.post(f"/simulation/{address}", data=data)
    assert answer.status_code == 422
    assert '<p class="problem" role="alert">' in answer.text
    assert "<b>" not in answer.text
    assert bench.ordered == ()


def test_nothing_is_done_for_a_page_from_elsewhere(served: httpx.Client, bench: Bench) -> None:
    del served.headers["X-Station-Token"]
    answer = served.post("/simulation/order", data={"fault": "head-open", "when": "now"})
    assert answer.status_code == 403
    assert not bench.printer.status.head_open


@pytest.mark.parametrize("data", [{"serial": "CN00002"}, {"number": "2"}])
def test_a_label_is_laid_before_the_camera_and_taken_away(
    served: httpx.Client, bench: Bench, data: dict[str, str]
) -> None:
    served.post("/simulation/lay", data=data)
    assert lying(bench) == b"0106972869182019\x1d21CN00002"
    served.post("/simulation/take-away")
    assert lying(bench) == b""


def lying(bench: Bench) -> bytes:
    """What can be read before the camera."""
    frame = httpx.get(bench.camera_url.removeprefix("snapshot+"))
    pixels = from_bytes(frame.content)
    assert pixels is not None
    found = decode(pixels, expected=("]d2",)).symbols
    return found[0].data if found else b""


def test_a_label_or_anything_typed_is_scanned(served: httpx.Client, bench: Bench) -> None:
    with closing(SerialScanner(bench.scanner_url)) as scanner:
        scanner.discard()
        served.post("/simulation/scan", data={"number": "3"})
        read_there = scanner.read(soon())
        served.post("/simulation/send", data={"typed": "]C110A1<GS>21B␝X"})
        typed = scanner.read(soon())
    assert read_there.data == b"0106972869182019\x1d21CN00003"
    assert (typed.identifier, typed.data) == ("]C1", b"10A1\x1d21B\x1dX")
