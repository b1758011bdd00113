"""What differs between stations: devices, folders, addresses. Nothing here decides the flow.

A configuration is a YAML file; every setting has a default, and the defaults make a station on
the simulated bench. An unknown key, or one of the wrong kind, refuses to start and is named with
its dotted path.

>>> parse(Config, {"printer": {"url": "tcp://192.0.2.7:9100", "dots_per_mm": 12}}).printer.url
'tcp://192.0.2.7:9100'
"""

import hashlib
import ipaddress
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, ValidationInfo

from station import documents
from station.core.challenge import Choice
from station.core.news import Kind
from station.core.problem import Problem, Refused, problem, refuse
from station.core.shape import Code, Shape, Text, parse

SIMULATED = "simulated"


def shipped(folder: str) -> Path:
    """A folder of files that come with the station: "catalogue", "labels" or "profiles"."""
    here = Path(__file__).parent
    installed = here / "shipped"
    return (installed if installed.is_dir() else here.parent / "config") / folder


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _path(value: object) -> object:
    if isinstance(value, str) and not value.isprintable():
        raise Refused(problem("Expected a path, got {got!r}.", got=value[:60]))
    return Path(value) if isinstance(value, str) and value else value


def _number(value: object) -> object:
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


Folder = Annotated[Path, BeforeValidator(_path)]
Seconds = Annotated[float, BeforeValidator(_number), Field(gt=0, le=3600)]


class PrinterConfig(Shape):
    url: Text = SIMULATED
    """`simulated`, `tcp://host:9100` or `serial:///dev/serial/by-id/…?baud=115200&flow=rtscts`."""

    dots_per_mm: Literal[6, 8, 12, 24] = 8
    """Print-head resolution: 6 = 152 dpi, 8 = 203, 12 = 300, 24 = 600."""

    mode: Literal["tear", "peel", "cutter", "applicator", "rewind"] | None = None
    """Where a printed label goes: tear, peel, cutter, applicator or rewind. Set and read back; the
    printer's own choice where it is not given."""

    seconds: Seconds = 10.0
    """Longest time for one label, from the first byte to "nothing left to print"."""


class ReaderConfig(Shape):
    camera: Text = SIMULATED
    """`simulated`, `snapshot+http://…`, `http://…/stream.mjpg`, `rtsp://…`, `v4l2:///dev/video0`,
    `folder:///path`, or empty for none."""

    region: Text = ""
    """The part of each picture that is looked at, "x,y,width,height" in pixels; empty for all."""

    empty: Folder | None = None
    """A picture of the place without a label, where the fixture itself has edges or screws."""

    compare: bool = True
    """Whether text, drawings and print are compared with what was meant, and not only the codes
    read. Without it a label with wrong text beside a right code passes."""

    isolated: bool | None = None
    """Whether pictures are looked at in a process of its own, which is killed and started again
    when a picture hangs or breaks it. None: those of a real camera are."""

    calibration: Literal["optional", "required"] = "optional"
    """Whether an order waits until its design was calibrated under this camera:
    `labelstation calibrate`."""

    scanner: Text = ""
    """`simulated`, `serial:///dev/serial/by-id/…`, `tcp://host:port`,
    `wedge:///dev/input/by-id/…-event-kbd`, or empty for none. With a camera as well, both must
    agree on every label."""

    scanner_profile: Literal["none", "honeywell", "zebra-ssi", "datalogic"] = "none"
    """How the scanner is told what became of a label."""

    prove_every_hours: Annotated[float, BeforeValidator(_number), Field(ge=0, le=8760)] = 0.0
    """How long the challenge card, once scanned, holds; 0: for ever, and a scanner on a serial line
    needs none. A wedge always does."""

    window: Annotated[int, Field(ge=1, le=16)] = 1
    """Labels from the print head to the camera, the one under it included. Above 1 the labels stay
    on their web, and the gate stands at least one label behind the camera."""

    seconds: Seconds = 5.0
    """Longest wait for a picture that shows the label."""

    scan_seconds: Annotated[float, BeforeValidator(_number), Field(gt=0, le=150)] = 120.0
    """Longest wait for the operator to scan a label; nothing else is answered meanwhile."""


class GateConfig(Shape):
    url: Text = SIMULATED
    """`simulated`, `modbus://host?release=0&rest=2&confirm_count=5`,
    `relay:///dev/serial/by-id/…`, or `operator`: no gate; each reject holds the line until it is
    taken away."""


class SignalsConfig(Shape):
    url: Text = ""
    """A stack light and a horn, `modbus://host?green=10&amber=11&red=12&horn=13`; empty for none.
    Nothing depends on them."""


class TriggerConfig(Shape):
    url: Text = ""
    """The line asks for each label, `modbus://host?count=5`; empty: as fast as labels can be made.
    """


class WebConfig(Shape):
    host: Text = "127.0.0.1"
    """The address the pages are served at. Another one than a loopback address takes people who
    sign in (`labelstation person`), and a certificate or a proxy."""

    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    hosts: tuple[Code, ...] = ()
    """Names and addresses of this machine that browsers may ask for, without a port."""

    certificate: Folder | None = None
    """PEM, with what leads to its root: the pages are served by TLS."""

    key: Folder | None = None
    """Of the certificate, PEM without a password."""

    proxy: bool = False
    """A proxy on this machine does the TLS, and hands on Host and X-Forwarded-For."""

    idle_minutes: Annotated[int, Field(ge=1, le=720)] = 10
    """Whoever touches nothing for so long has to sign in again."""

    @property
    def secure(self) -> bool:
        """Whether browsers reach the pages by TLS."""
        return self.proxy or self.certificate is not None

    @property
    def reachable(self) -> bool:
        """Whether anybody but this machine may reach them."""
        return self.proxy or bool(self.hosts) or not _is_loopback(self.host)


def _served(value: WebConfig) -> WebConfig:
    refuse(_web_problems(value))
    return value


def _web_problems(web: WebConfig) -> Iterator[Problem]:
    if (web.certificate is None) != (web.key is None):
        yield problem("A certificate and its key belong together: give both.", where="certificate")
    if web.certificate and web.proxy:
        yield problem("Either the station does the TLS or a proxy does: not both.", where="proxy")
    if not _is_loopback(web.host) and web.proxy:
        yield problem(
            "A proxy reaches the pages on this machine: expected 127.0.0.1, ::1 or localhost, got"
            " {got!r}.",
            where="host",
            got=web.host[:60],
        )
    if web.reachable and not web.secure:
        yield problem(
            "Pages that other machines reach are served by TLS: give web.certificate and web.key,"
            " or set web.proxy.",
            where="host",
        )
    if web.reachable and not web.hosts:
        yield problem("Give the names that other machines reach the pages by.", where="hosts")


class HeadsConfig(Shape):
    folder: Folder = Path("data/heads")
    """The second place: a folder on another disk or, better, another machine. Where it is not
    given it is `heads` in the data folder, which is no second place and does for a trial only.
    """

    key: Folder = Path("data/keys/station.pem")
    """The private key; made at first use. In `keys` of the data folder where it is not given."""


def _in_data(value: HeadsConfig, info: ValidationInfo) -> HeadsConfig:
    """What is not given lies in the data folder, wherever that is."""
    data = info.data.get("data", Path("data"))
    places = {"folder": data / "heads", "key": data / "keys" / "station.pem"}
    given = value.model_dump(include=value.model_fields_set)
    return HeadsConfig(**(places | given))


class ChallengeConfig(Shape):
    """When bad labels are made on purpose, to see that each of them is rejected."""

    every_hours: Annotated[float, BeforeValidator(_number), Field(ge=0, le=8760)] = 0.0
    """How long a passed challenge holds; 0: for ever."""

    at_start: bool = False
    """Before the first label of each order."""

    after_stops: Annotated[float, BeforeValidator(_number), Field(ge=0, le=10_000)] = 0.0
    """Minutes: after a longer stop, and after each fault, a challenge is due; 0: after none."""

    at_end: bool = False
    """After the last label of each order, before it is finished."""

    families: Choice = "all"
    """Every family of bad labels, or the few of them that take the least time."""


class WorkflowConfig(Shape):
    """Steps that people sign, before and after the labels are printed. What is off is recorded with
    every order.
    """

    clearance: bool = False
    """Two people clear the line before the first label; the station looks as well."""

    release: bool = False
    """A person confirms the picture of the label before the first one is printed."""

    first_article: Annotated[int, Field(ge=0, le=100)] = 0
    """So many good labels are looked at by two people before the line goes on; 0: none."""

    first_article_after_stops: Annotated[
        float, BeforeValidator(_number), Field(ge=0, le=10_000)
    ] = 0.0
    """Minutes: after a longer stop a first article is due again; 0: after none."""

    review: bool = False
    """Somebody who neither cleared the line nor closed the order reviews it."""

    production_release: bool = False
    """Quality releases the closed order."""

    market_release: bool = False
    """And then the registrant does."""

    resident: bool = False
    """The registrant's representative agrees to labels and finished orders of what is made under
    contract.
    """


class WebhookConfig(Shape):
    """Another system that is told what happens here."""

    url: Text
    """`https://host/path`. Where that is no public address, it has to be written as an address, or
    stand in `addresses`."""

    events: Annotated[tuple[Kind, ...], Field(min_length=1)]
    """Which facts; all of them stand in the example."""

    secret_file: Folder
    """`whsec_` and 24 to 64 bytes in base64, readable by the station's own user only."""

    addresses: tuple[Text, ...] = ()
    """Addresses inside the company that the host of the URL may have, such as `10.1.2.3`."""


class BackupConfig(Shape):
    folder: Folder | None = None
    """A folder on another disk, or a share; it has to be there. Name one on the disk, never the
    mount point itself: an empty mount point is a folder as well. Without one there are no backups.
    """

    every_hours: Annotated[int, Field(ge=1, le=8760)] = 24
    keep: Annotated[int, Field(ge=1, le=10_000)] = 30
    """Verified backups; older ones are deleted. Pictures and records never are."""


class Config(Shape):
    name: Text = "station"
    language: Literal["zh", "en"] = "zh"
    data: Folder = Path("data")
    """Journal, pictures, orders; relative to the configuration file."""

    catalogue: Folder = Field(default_factory=lambda: shipped("catalogue"))
    labels: Folder = Field(default_factory=lambda: shipped("labels"))
    profiles: Folder = Field(default_factory=lambda: shipped("profiles"))
    font: Folder = Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc")
    printer: PrinterConfig = PrinterConfig()
    reader: ReaderConfig = ReaderConfig()
    gate: GateConfig = GateConfig()
    signals: SignalsConfig = SignalsConfig()
    trigger: TriggerConfig = TriggerConfig()
    web: Annotated[WebConfig, AfterValidator(_served)] = WebConfig()
    heads: Annotated[HeadsConfig, AfterValidator(_in_data)] = Field(
        default=HeadsConfig(), validate_default=True
    )
    backup: BackupConfig = BackupConfig()
    challenge: ChallengeConfig = ChallengeConfig()
    workflow: WorkflowConfig = WorkflowConfig()
    webhooks: tuple[WebhookConfig, ...] = ()
    """Other systems that are told what happens here."""

    start: Literal["automatic", "operator"] = "automatic"
    """Whether an accepted order starts by itself when the line is free, or by a button."""

    require_registered: bool = True
    """Whether an order waits until its device identifier is registered in its markets."""

    hold_after_rejects: Annotated[int, Field(ge=1, le=1000)] = 3
    """So many rejects in a row hold the order for a supervisor."""

    spare_megabytes: Annotated[int, Field(ge=1)] = 500
    """The station holds rather than let the disk run full."""

    @property
    def canonical(self) -> bytes:
        """Every setting, defaults included, as JSON: a configuration file that says the same."""
        settings = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return settings.encode()

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical form."""
        return hashlib.sha256(self.canonical).hexdigest()


def load(path: Path | None) -> Config:
    """The configuration in a file, or the defaults where no file is named. Raises Refused."""
    if path is None:
        return Config()
    found = documents.read(path)
    try:
        config = parse(Config, found if found is not None else {})
    except Refused as refused:
        raise refused.within(path.name) from None
    return placed(config, path.parent.resolve())


def placed(config: Config, base: Path) -> Config:
    """The configuration with its folders as they are seen from the folder of its file."""
    heads = config.heads.model_copy(update=_absolute(config.heads, base, "folder", "key"))
    backup = config.backup
    if backup.folder:
        backup = backup.model_copy(update=_absolute(backup, base, "folder"))
    web = config.web
    if web.certificate:
        web = web.model_copy(update=_absolute(web, base, "certificate", "key"))
    webhooks = tuple(
        each.model_copy(update=_absolute(each, base, "secret_file")) for each in config.webhooks
    )
    return config.model_copy(
        update=_absolute(config, base, "data", "catalogue", "labels", "profiles", "font")
        | {"heads": heads, "backup": backup, "web": web, "webhooks": webhooks}
    )


def _absolute(settings: BaseModel, base: Path, *names: str) -> dict[str, Path]:
    """These folders of the settings, from where the configuration file lies."""
    return {name: base / Path(settings.model_dump()[name]) for name in names}
