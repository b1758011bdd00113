"""A station starts only with a configuration in which every setting is known."""

from pathlib import Path

import pytest

from station.config import Config, load
from station.core.problem import Refused


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "station.yaml"
    path.write_text(text)
    return path


def test_without_a_file_the_station_is_a_simulated_one() -> None:
    config = load(None)
    assert (config.printer.url, config.reader.camera, config.gate.url) == ("simulated",) * 3
    assert config.web.host == "127.0.0.1"


def test_folders_are_relative_to_the_file(tmp_path: Path) -> None:
    config = load(written(tmp_path, "data: records\n"))
    assert config.data == tmp_path / "records"
    assert load(written(tmp_path, "data: /srv/x\n")).data == Path("/srv/x")


def test_heads_and_key_lie_in_the_data_folder_unless_they_are_given(tmp_path: Path) -> None:
    config = load(written(tmp_path, "data: records\nheads: {key: secret/station.pem}\n"))
    assert config.heads.folder == tmp_path / "records" / "heads"
    assert config.heads.key == tmp_path / "secret" / "station.pem"
    config = load(written(tmp_path, "heads: {folder: /mnt/quality}\ndata: /srv/x\n"))
    assert config.heads.folder == Path("/mnt/quality")
    assert config.heads.key == Path("/srv/x/keys/station.pem")
    assert Config(data=Path("/srv/y")).heads.folder == Path("/srv/y/heads")


def test_every_wrong_setting_is_named_at_once_with_its_path(tmp_path: Path) -> None:
    text = "nmae: x\nprinter: {dots_per_mm: 9, baud: 1}\nweb: {port: 70000, host: 5}\n"
    with pytest.raises(Refused) as refused:
        load(written(tmp_path, text))
    assert {each.where for each in refused.value.problems} == {
        "station.yaml.nmae",
        "station.yaml.printer.dots_per_mm",
        "station.yaml.printer.baud",
        "station.yaml.web.port",
        "station.yaml.web.host",
    }


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "example.org", ""])
def test_pages_that_other_machines_reach_take_tls_and_names(tmp_path: Path, host: str) -> None:
    with pytest.raises(Refused, match="served by TLS") as refused:
        load(written(tmp_path, f'web: {{host: "{host}"}}\n'))
    assert {each.where for each in refused.value.problems} == {
        "station.yaml.web.host",
        "station.yaml.web.hosts",
    }


def test_the_files_of_tls_are_seen_from_the_configuration(tmp_path: Path) -> None:
    text = "web: {host: 0.0.0.0, hosts: [a.example], certificate: a.pem, key: b/a.key}\n"
    web = load(written(tmp_path, text)).web
    assert (web.certificate, web.key) == (tmp_path / "a.pem", tmp_path / "b" / "a.key")
    assert web.secure


@pytest.mark.parametrize(
    "web",
    [
        "{certificate: a.pem}",
        "{key: a.key}",
        "{certificate: a.pem, key: a.key, proxy: true, hosts: [a.example]}",
        "{host: 0.0.0.0, proxy: true, hosts: [a.example]}",
        "{proxy: true}",
        "{hosts: [a.example]}",
    ],
)
def test_settings_of_the_pages_that_do_not_go_together_are_refused(
    tmp_path: Path, web: str
) -> None:
    with pytest.raises(Refused):
        load(written(tmp_path, f"web: {web}\n"))


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.0.0.2"])
def test_any_address_of_this_machine_will_do(tmp_path: Path, host: str) -> None:
    assert load(written(tmp_path, f'web: {{host: "{host}"}}\n')).web.host == host


def test_the_digest_changes_with_any_setting_and_only_then() -> None:
    assert Config().digest == Config().digest
    assert Config(name="other").digest != Config().digest
