"""How a simulated scanner is set up wrongly: what it does to each scan before it sends it."""

from drivers.simulated.layouts import on_us_keyboard


class ScannerSetup:
    """Stays as it is until `restore`."""

    def __init__(self) -> None:
        self.country = "us"
        self._gs = b"\x1d"
        self._identified = True

    def lose_gs(self) -> None:
        self._gs = b""

    def translate_gs(self, into: bytes) -> None:
        """Send something else for GS, such as the two characters "^]"."""
        self._gs = into

    def drop_identifier(self) -> None:
        """The AIM identifier is not transmitted: how scanners come from the factory."""
        self._identified = False

    def layout(self, country: str) -> None:
        """Take the keyboard of the host for one of this country ("us", "de")."""
        self.country = country

    def restore(self) -> None:
        self.layout("us")
        self.translate_gs(b"\x1d")
        self._identified = True

    def meant(self, identifier: str, data: bytes) -> bytes:
        """What it means to send."""
        prefix = identifier.encode("ascii") if self._identified else b""
        return prefix + data.replace(b"\x1d", self._gs)

    def sent(self, identifier: str, data: bytes) -> bytes:
        """The same, as it arrives through a keyboard of another country."""
        return on_us_keyboard(self.meant(identifier, data), self.country)
