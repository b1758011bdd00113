"""The web server of a station, in a thread of its own."""

import socket
import ssl
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from station.access.door import Door
from station.core.catalogue import Product
from station.core.challenge import Schedule
from station.core.problem import Refused, problem
from station.line.board import Board
from station.records.evidence import Evidence
from station.reports.batch.binder import Binder
from station.web.app import NO_PRODUCTS, UNASKED, create_app
from station.web.guard import Scheme
from station.web.live import Live
from station.web.quality.quality import NOTHING, Known
from station.web.simulation import Simulation

MOST_CONNECTIONS = 200
_STOPPING_SECONDS = 3


@dataclass(frozen=True, slots=True)
class Tls:
    """Files in PEM."""

    certificate: Path
    """With what leads to its root."""

    key: Path
    """Of the certificate, without a password."""


class Server:
    """Serves the pages from start() to stop(). `port` 0 takes any that is free."""

    def __init__(
        self,
        *,
        board: Board,
        folder: Path,
        evidence: Evidence,
        language: str,
        station_name: str,
        catalogue: Mapping[str, Product] = NO_PRODUCTS,
        host: str = "127.0.0.1",
        port: int = 0,
        simulation: Simulation | None = None,
        challenges: Schedule = UNASKED,
        binder: Binder | None = None,
        door: Door | None = None,
        known: Known = NOTHING,
        hosts: Collection[str] = (),
        tls: Tls | None = None,
        proxied: bool = False,
        api: FastAPI | None = None,
    ) -> None:
        """`simulation` where the devices are simulated: their page is served as well. `binder`
        makes the records of orders. `door`: who may come in. `hosts`: names of this machine.
        `known`: what the quality pages know. `proxied`: a proxy before it does the TLS. `api` is
        what machines ask.
        """
        self._address = (host, port)
        self._tls = tls
        scheme: Scheme = "https" if tls or proxied else "http"
        self._live = Live(board)
        self.app = create_app(
            board=board,
            folder=folder,
            evidence=evidence,
            language=language,
            station_name=station_name,
            catalogue=catalogue,
            live=self._live,
            simulation=simulation,
            challenges=challenges,
            binder=binder,
            door=door,
            known=known,
            hosts=hosts,
            scheme=scheme,
            api=api,
        )
        self._server = _Listening(
            uvicorn.Config(
                self.app,
                log_config=None,
                access_log=False,
                ws="none",
                server_header=False,
                limit_concurrency=MOST_CONNECTIONS,
                timeout_graceful_shutdown=_STOPPING_SECONDS,
                proxy_headers=proxied,
                ssl_certfile=tls.certificate if tls else None,
                ssl_keyfile=tls.key if tls else None,
            )
        )
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Returns when the pages can be reached. Raises Refused if the port is taken, or the
        certificate cannot be used.
        """
        if self._tls:
            check_tls(self._tls)
        listener = _listen(*self._address)
        self._address = (self._address[0], listener.getsockname()[1])
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [listener]}, name="pages", daemon=True
        )
        self._thread.start()
        self._server.listening.wait()

    @property
    def url(self) -> str:
        """Where the pages are, once started."""
        host, port = self._address
        scheme = "https" if self._tls else "http"
        return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"

    def stop(self) -> None:
        """End every stream, answer what was asked already, and close. Safe to call twice."""
        self._live.close()
        self._server.should_exit = True
        if self._thread:
            self._thread.join()
            self._thread = None


class _Listening(uvicorn.Server):
    """Says when it listens, or that it never will."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        finally:
            self.listening.set()


def check_port(host: str, port: int) -> None:
    """Raises Refused where the pages could not be served now."""
    _listen(host, port).close()


def check_tls(tls: Tls) -> None:
    """Raises Refused where no browser could be answered with it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        # Asked for a password it would wait for somebody to type one.
        context.load_cert_chain(tls.certificate, tls.key, password="")
    except OSError as error:  # ssl.SSLError is one
        raise Refused(
            problem(
                "The certificate of the pages cannot be used: {why}. Expected a certificate and its"
                " key without a password, both in PEM.",
                where="web.certificate",
                why=error.strerror or str(error),
            )
        ) from None


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise _unavailable(host, port, error) from None
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise _unavailable(host, port, error) from None
    return listener


def _unavailable(host: str, port: int, error: OSError) -> Refused:
    return Refused(
        problem(
            "The pages cannot be served at {host}:{port}: {why}. Expected a port that nobody else"
            " uses; it is set in web.port.",
            host=host,
            port=port,
            why=error.strerror or str(error),
        )
    )
