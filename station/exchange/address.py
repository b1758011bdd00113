"""Where a message goes, and where it never goes.

A name can be made to point anywhere, also at the station itself or at a machine beside it that
trusts whoever reaches it. So an address that is not public is gone to only where the configuration
says exactly this one: as the host of the URL, or in `addresses`. What was checked is what is
connected to; the name is not looked up again.

>>> Target.parse("https://mes.example/hook?line=1").shown
'https://mes.example/hook'
"""

import ipaddress
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from station.core.problem import Refused, problem

_PORTS = {"http": 80, "https": 443}


class Undelivered(Exception):
    """A message was not taken, and why."""


@dataclass(frozen=True, slots=True)
class Target:
    scheme: str
    host: str
    port: int
    path: str
    """With what follows a question mark."""

    addresses: tuple[str, ...] = ()
    """Not public, and allowed all the same."""

    @classmethod
    def parse(cls, url: str, *, addresses: Iterable[str] = ()) -> "Target":
        """Raises Refused."""
        parts = _split(url)
        if parts is None or not parts.hostname or parts.scheme not in _PORTS:
            raise Refused(
                problem("Expected a URL like https://host/path, got {got!r}.", got=url[:80])
            )
        if parts.username is not None or parts.password is not None or parts.fragment:
            raise Refused(problem("A URL of a webhook holds no user, no password and no fragment."))
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        port = parts.port or _PORTS[parts.scheme]
        return cls(parts.scheme, parts.hostname, port, path, tuple(addresses))

    @property
    def shown(self) -> str:
        """Without what follows a question mark: that may be a secret."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.path.partition('?')[0]}"

    def resolved(self) -> str:
        """An address of the host that may be gone to. Raises Undelivered."""
        try:
            found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise Undelivered(f"{self.host} is not known: {error}") from None
        addresses = [str(address[0]) for *_, address in found]
        allowed = next((each for each in addresses if self.allows(each)), None)
        if allowed is None:
            raise Undelivered(f"{self.host} is at {addresses[0]}, which is not allowed")
        return allowed

    def allows(self, address: str) -> bool:
        """Whether it is public, or named exactly."""
        found = ipaddress.ip_address(address.partition("%")[0])
        mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
        plain = mapped or found
        named = {self.host, *self.addresses}
        return str(plain) in named or (plain.is_global and not plain.is_multicast)


def _split(url: str) -> SplitResult | None:
    """None for what is no URL, or would put more than a path into a request."""
    if not url.isascii() or not url.isprintable() or " " in url:
        return None
    try:
        parts = urlsplit(url)
        unusable = parts.port == 0
    except ValueError:
        return None
    return None if unusable else parts
