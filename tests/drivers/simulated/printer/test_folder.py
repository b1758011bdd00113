"""The simulated printer that fills a folder."""

import socket
from pathlib import Path

import pytest

from drivers.simulated.printer.folder import serve_to_folder

PATIENCE = 20.0
TEN = b"^XA^PW200^LL100^FO0,0^GB10,100,10^FS^XZ"
TWENTY = b"^XA^PW200^LL100^FO0,0^GB20,100,20^FS^RB1^XZ"


def test_a_folder_fills_with_numbered_pictures_and_what_was_not_understood(tmp_path: Path) -> None:
    lines: list[str] = []
    for first in (1, 3):
        printer = serve_to_folder(tmp_path / "out", port=0, on_line=lines.append)
        with printer, _client(lines[-1]) as client:
            client.sendall(b"~WC" + TEN + TWENTY)
            assert printer.wait_printed(2, seconds=PATIENCE)
        assert f"label-{first:06d}.png: {len(TEN)} bytes of ZPL" in lines
        assert f"label-{first + 1:06d}.png: not understood: ^RB" in lines
    assert "not understood: ~WC" in lines
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == [f"label-{number:06d}.png" for number in (1, 2, 3, 4)]
    assert (tmp_path / "out" / names[0]).read_bytes().startswith(b"\x89PNG")


def test_a_port_in_use_is_told_and_nothing_is_left_running(tmp_path: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(OSError, match="Address already in use"),
    ):
        serve_to_folder(tmp_path, port=taken.getsockname()[1], on_line=lambda _line: None)


def _client(line: str) -> socket.socket:
    """To the address at the end of the line."""
    port = int(line.rpartition(":")[2])
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
