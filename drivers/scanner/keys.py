r"""Key strokes of a scanner that types, as the text they mean on a US keyboard.

>>> keys = Keys()
>>> from drivers.scanner.keyboard import KeyEvent, PRESSED, RELEASED, EV_KEY
>>> strokes = [(42, PRESSED), (30, PRESSED), (30, RELEASED), (42, RELEASED), (2, PRESSED),
...            (29, PRESSED), (27, PRESSED), (27, RELEASED), (29, RELEASED), (28, PRESSED)]
>>> [typed for code, value in strokes if (typed := keys.take(KeyEvent(EV_KEY, code, value)))]
[Typed(text=b'A1\x1d', wrong='')]

A key says which place was pressed, never which character was meant: a scanner set to the keyboard
of another country presses other places. What has no meaning here makes the whole scan wrong, and is
named; what has one is taken for it, and only the challenge card can find that it was not meant.

No key is GS. A scanner stands in with Ctrl-], F8, F12 or the down arrow, or types the number of the
character, Alt+029; which of them, its set-up says, and ours has to say the same.

Source: linux/input-event-codes.h; Documentation/input/event-codes.rst.
"""

import string
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from drivers.scanner.keyboard import EV_KEY, EV_LED, EV_SYN, PRESSED, RELEASED, KeyEvent
from drivers.scanner.scan import LONGEST


class Gs(StrEnum):
    """How a scanner types the separator GS (0x1D)."""

    CTRL_BRACKET = "ctrl-]"
    F8 = "f8"
    F12 = "f12"
    DOWN = "down"
    ALT_029 = "alt-029"


class End(StrEnum):
    """The key that ends a scan."""

    ENTER = "enter"
    TAB = "tab"


@dataclass(frozen=True, slots=True)
class Typed:
    """One scan, from its first key to its end."""

    text: bytes
    wrong: str = ""
    """Why this is no reading; empty where every key had a meaning."""


_ROWS = (
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    (57, " ", " "),
)
"""Rows of the US keyboard: first code, then what its keys mean without and with Shift."""

PLAIN: Mapping[int, str] = {
    first + offset: character for first, plain, _ in _ROWS for offset, character in enumerate(plain)
}
SHIFTED: Mapping[int, str] = {
    first + offset: character
    for first, _, shifted in _ROWS
    for offset, character in enumerate(shifted)
}
KEYPAD_DIGITS: Mapping[int, str] = dict(
    zip((82, 79, 80, 81, 75, 76, 77, 71, 72, 73), string.digits, strict=True)
)
_KEYPAD: Mapping[int, str] = {**KEYPAD_DIGITS, 55: "*", 74: "-", 78: "+", 83: ".", 98: "/"}

ENTER, TAB, KEYPAD_ENTER, RIGHT_BRACKET = 28, 15, 96, 27
LEFT_CTRL, LEFT_SHIFT, LEFT_ALT, ALT_GR, CAPS_LOCK = 29, 42, 56, 100, 58
_SHIFT = frozenset({LEFT_SHIFT, 54})
_CTRL = frozenset({LEFT_CTRL, 97})
_MODIFIERS = _SHIFT | _CTRL | {LEFT_ALT, ALT_GR, 125, 126}
_NUM_LOCK = 69
_LED_CAPS_LOCK = 1
_SYN_DROPPED = 3

GS_KEYS: Mapping[Gs, int] = {Gs.F8: 66, Gs.F12: 88, Gs.DOWN: 108}
_NAMES: Mapping[int, str] = {
    **{code: gs.value.capitalize() for gs, code in GS_KEYS.items()},
    ENTER: "Enter",
    TAB: "Tab",
}
_ENDS: Mapping[End, frozenset[int]] = {
    End.ENTER: frozenset({ENTER, KEYPAD_ENTER}),
    End.TAB: frozenset({TAB}),
}
_GS = 0x1D


class Keys:
    """What was typed since the last end, and which keys are held down."""

    def __init__(
        self,
        *,
        gs: Gs = Gs.CTRL_BRACKET,
        end: End = End.ENTER,
        caps_lock: bool = False,
    ) -> None:
        """`caps_lock`: whether the lamp is lit now."""
        self._gs = gs
        self._ends = _ENDS[end]
        self._caps_lock = caps_lock
        self._held: set[int] = set()
        self._number: str | None = None
        self._text = bytearray()
        self._wrong = ""
        self._skipping = False

    @property
    def unfinished(self) -> bool:
        return bool(self._text or self._wrong or self._skipping)

    def take(self, event: KeyEvent) -> Typed | None:
        """The scan that this event completes, if it does."""
        if event.kind == EV_KEY:
            return self._key(event.code, event.value)
        if (event.kind, event.code) == (EV_LED, _LED_CAPS_LOCK):
            self._caps_lock = bool(event.value)
        elif (event.kind, event.code) == (EV_SYN, _SYN_DROPPED):
            self._held.clear()
            self._number = None
            self._spoil("keys were lost: they came faster than they were read")
        return None

    def forget(self) -> None:
        """Drop what was typed; its end did not come. What is held down stays so."""
        self._text.clear()
        self._wrong, self._skipping = "", False

    def skip(self) -> None:
        """Drop what was typed, and what is still to come of it, up to its end."""
        begun = self.unfinished
        self.forget()
        self._skipping = begun

    def _key(self, code: int, value: int) -> Typed | None:
        if code in _MODIFIERS:
            self._modifier(code, value)
        elif value == PRESSED:
            return self._pressed(code)
        elif value != RELEASED:
            self._spoil(f"{_named(code)} was held down and repeated itself")
        return None

    def _modifier(self, code: int, value: int) -> None:
        if value == PRESSED:
            self._held.add(code)
        elif value == RELEASED:
            self._held.discard(code)
        if code == LEFT_ALT:
            self._alt(value)

    def _alt(self, value: int) -> None:
        if value == PRESSED:
            self._number = ""
        elif value == RELEASED and self._number is not None:
            number, self._number = self._number, None
            self._numbered(number)

    def _numbered(self, number: str) -> None:
        """Alt, some digits on the keypad: the character of that number is meant."""
        value = int(number) if 0 < len(number) <= 4 else 0
        if 0x20 <= value < 0x7F or (value == _GS and self._gs is Gs.ALT_029):
            self._append(value)
        else:
            self._spoil(f"Alt+{number} has no meaning with gs={self._gs}")

    def _pressed(self, code: int) -> Typed | None:
        if code in self._ends:
            return self._ended()
        if code == CAPS_LOCK:
            self._caps_lock = not self._caps_lock
        elif code != _NUM_LOCK:  # the keypad always means digits here
            self._type(code)
        return None

    def _ended(self) -> Typed | None:
        if self._held and self.unfinished:
            self._spoil("a key was held down at its end")
        wanted = self.unfinished and not self._skipping
        typed = Typed(bytes(self._text), self._wrong) if wanted else None
        self.forget()
        return typed

    def _type(self, code: int) -> None:
        if self._number is not None and self._held == {LEFT_ALT} and code in KEYPAD_DIGITS:
            self._number = (self._number + KEYPAD_DIGITS[code])[:5]
            return
        meaning = self._meaning(code)
        if meaning is None:
            self._spoil(self._without_meaning(code))
        else:
            self._append(meaning)

    def _meaning(self, code: int) -> int | None:
        held = self._held
        if not held and code in _KEYPAD:
            return ord(_KEYPAD[code])
        if not held and code == GS_KEYS.get(self._gs):
            return _GS
        if held and held <= _CTRL and code == RIGHT_BRACKET and self._gs is Gs.CTRL_BRACKET:
            return _GS
        if held <= _SHIFT and code in PLAIN:
            return ord(self._character(code))
        return None

    def _character(self, code: int) -> str:
        """Caps lock turns the case of letters round, and of nothing else."""
        plain, shifted = PLAIN[code], SHIFTED[code]
        turned = self._caps_lock and plain in string.ascii_letters
        return shifted if bool(self._held) != turned else plain

    def _without_meaning(self, code: int) -> str:
        held = "".join(
            name
            for name, keys in (("Ctrl+", _CTRL), ("Alt+", {LEFT_ALT}), ("AltGr+", {ALT_GR}))
            if self._held & keys
        )
        hint = ": it may be set to the keyboard of another country" if ALT_GR in self._held else ""
        return f"{held}{_named(code)} has no meaning with gs={self._gs}{hint}"

    def _append(self, value: int) -> None:
        if len(self._text) < LONGEST:
            self._text.append(value)
        else:
            self._spoil(f"it is longer than {LONGEST} characters")

    def _spoil(self, why: str) -> None:
        """The first thing that went wrong explains the others."""
        self._wrong = self._wrong or why


def _named(code: int) -> str:
    return _NAMES.get(code) or PLAIN.get(code) or f"key {code}"
