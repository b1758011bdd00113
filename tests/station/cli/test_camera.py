"""`labelstation camera aim` on the simulated bench, and its page."""

import asyncio
import json
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from typer.testing import CliRunner

from drivers.deadline import Deadline
from drivers.interface import Frame, Silent
from drivers.simulated.optics import MILD, empty_table
from station.__main__ import app
from station.web.aim import Aiming, create_aim_app


def invoke(*arguments: str, folder: Path) -> tuple[int, str]:
    config = folder / "station.yaml"
    config.write_text("web: {port: 0}\n")
    found = CliRunner().invoke(app, ["camera", "aim", *arguments, "--config", str(config)])
    return found.exit_code, found.output


def test_one_look_tells_what_the_camera_sees(tmp_path: Path) -> None:
    code, output = invoke("--json", "--template", "has-mhb-hc-unit", folder=tmp_path)
    found = json.loads(output)
    assert (code, found["good"], found["advice"]) == (0, True, [])
    assert found["pixels_per_module"][0][0] == "]d2"


def test_the_marked_picture_is_kept_where_it_is_wanted(tmp_path: Path) -> None:
    invoke("--once", "--picture", str(tmp_path / "a.jpg"), folder=tmp_path)
    assert (tmp_path / "a.jpg").read_bytes()[:2] == b"\xff\xd8"


def test_a_template_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    code, output = invoke("--once", "--template", "no-such", folder=tmp_path)
    assert code == 2
    assert "no-such" in output


class Table:
    """A camera over an empty table; dead once it is told so."""

    dead = False

    def frame(self, newer_than: float, deadline: Deadline) -> Frame:  # noqa: ARG002 - at once
        if self.dead:
            raise Silent("camera", "no picture in time")
        return Frame(empty_table(optics=MILD, seed=1), newer_than + 0.1)

    def close(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize(
    ("language", "said"), [("en", "lay a label"), ("zh", "请把标签放到拍摄位置")]
)
def test_the_page_says_what_to_change_and_outlives_a_dead_camera(language: str, said: str) -> None:
    camera = Table()
    page = create_aim_app(Aiming(camera, (("]d2", 24),)), language=language, station_name="Line 1")
    assert get(page, "/").status_code == 200
    assert said in get(page, "/measures").text
    assert get(page, "/picture.jpg").content[:2] == b"\xff\xd8"
    camera.dead = True
    assert "no picture in time" in get(page, "/measures").text


def get(page: FastAPI, path: str) -> httpx.Response:
    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(page)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.get(path)

    return asyncio.run(asked())
