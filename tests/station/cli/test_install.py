"""What is printed is what is done: each step once, nothing of the plant's own touched twice."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from station.__main__ import app
from station.cli import install as cli
from station.config import load
from station.core.problem import Refused
from station.installation import Command, Installation

ROOT = Path(__file__).parents[3]

PRINTED = """\
umask 022

# 1/8  Packages of the system
dpkg-query -W python3-venv libzbar0 fonts-wqy-microhei || apt-get update
dpkg-query -W python3-venv libzbar0 fonts-wqy-microhei || apt-get install -y \
--no-install-recommends python3-venv libzbar0 fonts-wqy-microhei

# 2/8  The user of the service, and its group
getent passwd labelstation || useradd --system --user-group --no-create-home \
--shell /usr/sbin/nologin --home-dir /var/lib/labelstation labelstation

# 3/8  Folders
install -d -m 0755 -o root -g root /opt/labelstation/releases
install -d -m 0755 -o root -g root /etc/labelstation
install -d -m 0700 -o labelstation -g labelstation /var/lib/labelstation

# 4/8  Release 7.1, in a virtual environment of its own
test -x /opt/labelstation/releases/7.1/bin/labelstation || \
python3 -m venv /opt/labelstation/releases/7.1
test -x /opt/labelstation/releases/7.1/bin/labelstation || \
/opt/labelstation/releases/7.1/bin/python -m pip install --disable-pip-version-check \
--require-hashes -r SOURCE/requirements.lock
test -x /opt/labelstation/releases/7.1/bin/labelstation || \
/opt/labelstation/releases/7.1/bin/python -m pip install --disable-pip-version-check \
--no-deps SOURCE

# 5/8  The release that runs; another one is changed by an upgrade only
test -L /opt/labelstation/bin || ln -s releases/7.1/bin /opt/labelstation/bin
install -d -m 0755 -o root -g root /usr/local/bin
ln -sfn /opt/labelstation/bin/labelstation /usr/local/bin/labelstation

# 6/8  Configuration, catalogue, templates and profiles, where there are none
test -e /etc/labelstation/catalogue || \
cp -RT --no-preserve=mode SOURCE/config/catalogue /etc/labelstation/catalogue.part
test -e /etc/labelstation/catalogue || \
mv -T /etc/labelstation/catalogue.part /etc/labelstation/catalogue
test -e /etc/labelstation/labels || \
cp -RT --no-preserve=mode SOURCE/config/labels /etc/labelstation/labels.part
test -e /etc/labelstation/labels || mv -T /etc/labelstation/labels.part /etc/labelstation/labels
test -e /etc/labelstation/profiles || \
cp -RT --no-preserve=mode SOURCE/config/profiles /etc/labelstation/profiles.part
test -e /etc/labelstation/profiles || \
mv -T /etc/labelstation/profiles.part /etc/labelstation/profiles
test -e /etc/labelstation/station.yaml || install -m 0640 -o root -g labelstation \
SOURCE/config/station.example.yaml /etc/labelstation/station.yaml

# 7/8  Devices: who may use them, and names that stay
install -d -m 0755 -o root -g root /etc/udev/rules.d
install -m 0644 -o root -g root SOURCE/systemd/70-labelstation.rules \
/etc/udev/rules.d/70-labelstation.rules
udevadm control --reload
udevadm trigger --subsystem-match=tty --subsystem-match=video4linux --subsystem-match=input

# 8/8  The service
install -d -m 0755 -o root -g root /etc/systemd/system/labelstation.service.d
install -m 0644 -o root -g root SOURCE/README.md /opt/labelstation/README.md
install -m 0644 -o root -g root SOURCE/systemd/labelstation.service \
/etc/systemd/system/labelstation.service
test -e /etc/systemd/system/labelstation.service.d/10-addresses.conf || \
install -m 0644 -o root -g root SOURCE/systemd/10-addresses.conf \
/etc/systemd/system/labelstation.service.d/10-addresses.conf
systemctl daemon-reload
systemctl enable labelstation

# Then:
editor /etc/labelstation/station.yaml
editor /etc/systemd/system/labelstation.service.d/10-addresses.conf
runuser -u labelstation -- /usr/local/bin/labelstation devices \
--config /etc/labelstation/station.yaml
runuser -u labelstation -- /usr/local/bin/labelstation config check \
--config /etc/labelstation/station.yaml
systemctl start labelstation
"""

UPGRADE = """\
# 3/10  The new release could start with the configuration
runuser -u labelstation -- /opt/x/releases/7.1/bin/labelstation config check \
--config /etc/labelstation/station.yaml

# 4/10  A backup of everything, restored for trial
runuser -u labelstation -- /opt/x/bin/labelstation backup --config /etc/labelstation/station.yaml

# 5/10  The station stops when the label in hand is done
systemctl stop labelstation

# 6/10  A backup of everything, restored for trial
runuser -u labelstation -- /opt/x/bin/labelstation backup --config /etc/labelstation/station.yaml

# 7/10  Release 7.1 becomes the one that runs
ln -sfn releases/7.1/bin /opt/x/bin.new
mv -T /opt/x/bin.new /opt/x/bin
"""

BACK = """\
# To go back:
systemctl stop labelstation
ln -sfn releases/7.0/bin /opt/x/bin.new
mv -T /opt/x/bin.new /opt/x/bin
systemctl start labelstation
"""


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A checkout of release 7.1."""
    return checkout(tmp_path / "source", "7.1")


def checkout(folder: Path, version: str) -> Path:
    for name in ("config", "systemd"):
        shutil.copytree(ROOT / name, folder / name)
    for name in ("requirements.lock", "README.md"):
        shutil.copy(ROOT / name, folder)
    (folder / "pyproject.toml").write_text(f'[project]\nversion = "{version}"\n')
    return folder


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["install", *arguments])


def test_the_commands_are_printed_and_nothing_is_done(source: Path) -> None:
    result = run("--from", str(source))
    assert result.exit_code == 0
    assert result.stdout.replace(str(source), "SOURCE") == PRINTED


def test_what_is_printed_is_a_script(source: Path, tmp_path: Path) -> None:
    script = tmp_path / "install.sh"
    script.write_text(run("--from", str(source)).stdout)
    assert subprocess.run(["sh", "-n", script], check=False).returncode == 0


def test_it_speaks_chinese_where_the_terminal_does(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert "# 3/8  文件夹" in run("--from", str(source)).stdout


def test_files_are_laid_out_below_another_root(source: Path, tmp_path: Path) -> None:
    root = tmp_path / "root"
    result = run("--from", str(source), "--root", str(root), "--perform")
    assert result.exit_code == 0, result.output
    assert (root / "opt/labelstation/bin").readlink() == Path("releases/7.1/bin")
    assert (root / "usr/local/bin/labelstation").readlink() == Path(
        "/opt/labelstation/bin/labelstation"
    )
    assert load(root / "etc/labelstation/station.yaml").printer.dots_per_mm == 8
    assert (root / "etc/labelstation/station.yaml").stat().st_mode & 0o777 == 0o640
    assert (root / "var/lib/labelstation").stat().st_mode & 0o777 == 0o700
    assert (root / "etc/labelstation/catalogue/parties.yaml").is_file()
    for name in ("systemd/system/labelstation.service", "udev/rules.d/70-labelstation.rules"):
        assert (root / "etc" / name).read_bytes() == (
            source / "systemd" / Path(name).name
        ).read_bytes()
    assert not list(root.rglob("*.part"))


def test_a_second_time_nothing_of_the_plants_own_is_touched(source: Path, tmp_path: Path) -> None:
    root = tmp_path / "root"
    arguments = ("--from", str(source), "--root", str(root), "--perform")
    run(*arguments)
    own = (
        root / "etc/labelstation/station.yaml",
        root / "etc/labelstation/catalogue/parties.yaml",
        root / "etc/systemd/system/labelstation.service.d/10-addresses.conf",
    )
    for path in own:
        path.write_text("ours")
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    assert [path.read_text() for path in own] == ["ours"] * 3
    assert "there already: " in result.stdout


def test_a_catalogue_that_came_by_half_is_not_taken_for_whole(source: Path, tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "etc/labelstation/catalogue.part").mkdir(parents=True)
    (root / "etc/labelstation/catalogue.part/parties.yaml").write_text("half")
    run("--from", str(source), "--root", str(root), "--perform")
    there = root / "etc/labelstation/catalogue"
    assert (there / "parties.yaml").read_bytes() == (
        source / "config/catalogue/parties.yaml"
    ).read_bytes()


def test_another_prefix_is_in_the_unit_too(source: Path, tmp_path: Path) -> None:
    root = tmp_path / "root"
    run("--from", str(source), "--root", str(root), "--prefix", "/srv/line-1", "--perform")
    unit = (root / "etc/systemd/system/labelstation.service").read_text()
    assert "ExecStart=/srv/line-1/bin/labelstation run" in unit
    assert "/opt/labelstation" not in unit


def installed(prefix: Path, version: str) -> Path:
    (prefix / "releases" / version / "bin").mkdir(parents=True)
    (prefix / "bin").symlink_to(f"releases/{version}/bin")
    return prefix


def test_an_upgrade_backs_up_and_says_how_to_go_back(source: Path, tmp_path: Path) -> None:
    prefix = installed(tmp_path / "x", "7.0")
    result = run("--from", str(source), "--prefix", str(prefix), "--upgrade")
    assert result.exit_code == 0, result.output
    said = result.stdout.replace(str(prefix), "/opt/x").replace(str(source), "SOURCE")
    assert UPGRADE in said
    assert BACK in said
    assert said.index("systemctl start") < said.index("# To go back")


def test_an_upgrade_moves_the_link_and_keeps_the_old_release(source: Path, tmp_path: Path) -> None:
    root = tmp_path / "root"
    prefix = installed(root / "opt/labelstation", "7.0")
    result = run("--from", str(source), "--root", str(root), "--upgrade", "--perform")
    assert result.exit_code == 0, result.output
    assert (prefix / "bin").readlink() == Path("releases/7.1/bin")
    assert (prefix / "releases" / "7.0").is_dir()


def test_installing_again_never_changes_the_release_that_runs(source: Path, tmp_path: Path) -> None:
    root = tmp_path / "root"
    prefix = installed(root / "opt/labelstation", "7.0")
    run("--from", str(source), "--root", str(root), "--perform")
    assert (prefix / "bin").readlink() == Path("releases/7.0/bin")


@pytest.mark.parametrize(
    ("there", "said"),
    [("", "No release is installed in"), ("7.1", "Release 7.1 is the one that runs already.")],
)
def test_there_has_to_be_something_to_upgrade(
    source: Path, tmp_path: Path, there: str, said: str
) -> None:
    prefix = installed(tmp_path / "x", there) if there else tmp_path / "x"
    result = run("--from", str(source), "--prefix", str(prefix), "--upgrade")
    assert result.exit_code == 1
    assert said in result.stderr


@pytest.mark.parametrize(
    "prefix", ["opt", "/opt/a b", "/opt/$(id)", "/opt/../etc", "/opt/a;b", "/", "/opt/,x"]
)
def test_a_prefix_is_a_plain_path(source: Path, prefix: str) -> None:
    with pytest.raises(Refused, match="Expected an absolute path"):
        Installation.of(source, prefix=Path(prefix))


def test_a_folder_that_is_no_source_is_refused_with_what_it_lacks(tmp_path: Path) -> None:
    result = run("--from", str(tmp_path))
    assert result.exit_code == 1
    assert (
        "it has no pyproject.toml, requirements.lock, README.md, systemd, config" in result.stderr
    )


@pytest.mark.parametrize("version", ["", "../../etc", "1 2", "$(id)"])
def test_a_version_is_only_a_version(tmp_path: Path, version: str) -> None:
    with pytest.raises(Refused, match="says no version"):
        Installation.of(checkout(tmp_path / "source", version))


def test_only_root_performs(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    result = run("--from", str(source), "--perform")
    assert result.exit_code == 1
    assert "Only root can perform this" in result.stderr


def test_the_first_failure_ends_it_with_one_sentence(source: Path, tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "etc").mkdir(parents=True)
    (root / "etc/labelstation").write_text("in the way")
    result = run("--from", str(source), "--root", str(root), "--perform")
    assert result.exit_code == 1
    assert result.stderr.startswith("Step 1 of 5 failed: `install -d ")
    assert "ended with 1. Nothing after it was done." in result.stderr
    assert not (root / "var").exists()
    assert "# Then:" not in result.stdout


def test_a_command_that_is_not_there_is_a_failure_like_others() -> None:
    with pytest.raises(Refused, match="ended with 127"):
        cli._do(Command(("no-such-program-anywhere",)), 1, 1)


def test_a_failed_upgrade_still_says_how_to_go_back(source: Path, tmp_path: Path) -> None:
    root = tmp_path / "root"
    installed(root / "opt/labelstation", "7.0")
    (root / "etc").write_text("in the way")
    result = run("--from", str(source), "--root", str(root), "--upgrade", "--perform")
    assert result.exit_code == 1
    assert "# To go back:" in result.stdout
    assert "ln -sfn releases/7.0/bin" in result.stdout
