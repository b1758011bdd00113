"""The settings in a device's address: what stands after the question mark.

>>> settings = Settings("modbus://192.0.2.30?release=0&pulse_ms=150")
>>> settings.number("release", most=65535), settings.number("pulse_ms", least=10, most=5000)
(0, 150)
>>> settings.done()
>>> settings = Settings("modbus://192.0.2.30?release=O&puls=3")
>>> settings.number("release", most=65535), settings.done()
Traceback (most recent call last):
    ...
drivers.interface.Unreachable: modbus://192.0.2.30?release=O&puls=3: expected release 0–65535, got 'O'; no setting is called 'puls'
"""  # noqa: E501 - a message is one line

from urllib.parse import parse_qsl, urlsplit

from drivers.interface import Unreachable


class Settings:
    """Taken one by one; `done` tells every problem at once."""

    def __init__(self, url: str) -> None:
        """Raises Unreachable for what is no address at all."""
        self.url = url
        self._problems: list[str] = []
        self._given: dict[str, str] = {}
        try:
            given = parse_qsl(urlsplit(url).query, keep_blank_values=True)
        except ValueError as error:
            raise Unreachable(url, f"not an address: {error}") from None
        for name, value in given:
            if name in self._given:
                self.refuse(f"{name} is given twice")
            self._given[name] = value

    def __contains__(self, name: str) -> bool:
        return name in self._given

    def text(self, name: str, *, default: str | None = None) -> str:
        """A setting without a default has to be given; what is given may be empty."""
        if name not in self._given and default is None:
            self.refuse(f"{name} is missing")
        return self._given.pop(name, default or "")

    def number(self, name: str, *, least: int = 0, most: int, default: int | None = None) -> int:
        given = name in self._given
        text = self.text(name, default=None if default is None else str(default))
        if text.isascii() and text.isdigit() and len(text) <= 9 and least <= int(text) <= most:
            return int(text)
        if given:
            self.refuse(f"expected {name} {least}–{most}, got {text!r}")
        return least

    def optional(self, name: str, *, most: int) -> int | None:
        return self.number(name, most=most) if name in self._given else None

    def refuse(self, problem: str) -> None:
        self._problems.append(problem)

    def done(self) -> None:
        """Raises Unreachable if anything was wrong, missing, or is not a setting at all."""
        unknown = [f"no setting is called {name!r}" for name in self._given]
        self._given.clear()
        if self._problems or unknown:
            raise Unreachable(self.url, "; ".join((*self._problems, *unknown)))
