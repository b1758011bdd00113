"""A key is the character of a US keyboard, or it has no meaning and the scan is wrong."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.scanner.keyboard import EV_KEY, EV_LED, EV_SYN, PRESSED, RELEASED, REPEATED, KeyEvent
from drivers.scanner.keys import (
    ALT_GR,
    CAPS_LOCK,
    ENTER,
    GS_KEYS,
    KEYPAD_DIGITS,
    KEYPAD_ENTER,
    LEFT_ALT,
    LEFT_CTRL,
    LEFT_SHIFT,
    PLAIN,
    RIGHT_BRACKET,
    SHIFTED,
    TAB,
    End,
    Gs,
    Keys,
    Typed,
)
from drivers.scanner.scan import LONGEST

PRINTABLE = (string.ascii_letters + string.digits + string.punctuation + " ").encode("ascii")
A, B, Y = 30, 48, 21
KEYPAD = {digit: code for code, digit in KEYPAD_DIGITS.items()}
MISC, SCAN_CODE = 4, 4
LED_CAPS_LOCK = 1
SYN_DROPPED = 3


def down(code: int) -> tuple[KeyEvent, ...]:
    return (KeyEvent(EV_KEY, code, PRESSED),)


def up(code: int) -> tuple[KeyEvent, ...]:
    return (KeyEvent(EV_KEY, code, RELEASED),)


def press(*codes: int) -> tuple[KeyEvent, ...]:
    return tuple(each for code in codes for each in down(code) + up(code))


def holding(code: int, *codes: int) -> tuple[KeyEvent, ...]:
    return down(code) + press(*codes) + up(code)


def take(keys: Keys, *events: KeyEvent) -> list[Typed]:
    return [typed for each in events if (typed := keys.take(each))]


def typed(*events: KeyEvent, keys: Keys | None = None) -> Typed:
    """The one scan that these keys and Enter are."""
    (only,) = take(keys or Keys(), *events, *press(ENTER))
    return only


def strokes(text: bytes) -> tuple[KeyEvent, ...]:
    plain = {character: code for code, character in PLAIN.items()}
    shifted = {character: code for code, character in SHIFTED.items()}
    return tuple(
        event
        for character in text.decode("ascii")
        for event in (
            press(plain[character])
            if character in plain
            else holding(LEFT_SHIFT, shifted[character])
        )
    )


@given(st.lists(st.sampled_from(PRINTABLE), min_size=1).map(bytes))
def test_every_printable_character_has_its_key(text: bytes) -> None:
    assert typed(*strokes(text)) == Typed(text)


def test_every_printable_character_of_ascii_is_on_the_keyboard() -> None:
    assert {*PLAIN.values(), *SHIFTED.values()} == set(PRINTABLE.decode("ascii"))


@pytest.mark.parametrize(
    ("gs", "events"),
    [
        (Gs.CTRL_BRACKET, holding(LEFT_CTRL, RIGHT_BRACKET)),
        (Gs.F8, press(66)),
        (Gs.F12, press(88)),
        (Gs.DOWN, press(108)),
        (Gs.ALT_029, holding(LEFT_ALT, KEYPAD["0"], KEYPAD["2"], KEYPAD["9"])),
        (Gs.ALT_029, holding(LEFT_ALT, *(KEYPAD[each] for each in "0029"))),
    ],
)
def test_the_separator_is_the_key_that_the_setting_names_and_no_other(
    gs: Gs, events: tuple[KeyEvent, ...]
) -> None:
    assert typed(*press(A), *events, *press(B), keys=Keys(gs=gs)) == Typed(b"a\x1db")
    for other in set(Gs) - {gs}:
        wrong = typed(*press(A), *events, *press(B), keys=Keys(gs=other)).wrong
        assert f" has no meaning with gs={other}" in wrong


@given(st.sampled_from(PRINTABLE), st.integers(2, 4))
def test_a_character_may_be_typed_by_its_number(value: int, digits: int) -> None:
    number = str(value).zfill(digits)
    assert typed(*holding(LEFT_ALT, *(KEYPAD[each] for each in number))).text == bytes((value,))


@pytest.mark.parametrize("number", ["", "0", "7", "031", "127", "0200", "00065"])
def test_a_number_that_is_no_character_is_wrong(number: str) -> None:
    alt = holding(LEFT_ALT, *(KEYPAD[each] for each in number))
    assert typed(*alt, *press(A)).wrong.startswith("Alt+")


def test_caps_lock_turns_the_case_of_letters_and_of_nothing_else() -> None:
    events = press(A, 2) + holding(LEFT_SHIFT, A, 2)
    assert typed(*events).text == b"a1A!"
    assert typed(*events, keys=Keys(caps_lock=True)).text == b"A1a!"
    assert typed(*press(CAPS_LOCK), *events).text == b"A1a!"
    assert typed(*press(CAPS_LOCK, CAPS_LOCK), *events).text == b"a1A!"


def test_the_caps_lock_lamp_is_believed() -> None:
    keys = Keys(caps_lock=True)
    assert take(keys, KeyEvent(EV_LED, LED_CAPS_LOCK, 0)) == []
    assert typed(*press(A), keys=keys).text == b"a"


def test_the_keypad_types_digits_whatever_num_lock_says() -> None:
    events = press(*(KEYPAD[each] for each in "0123456789"))
    assert typed(*events).text == b"0123456789"
    assert typed(*press(69), *events).text == b"0123456789"
    assert typed(*press(98, 55, 74, 78, 83)).text == b"/*-+."


@pytest.mark.parametrize("code", [ENTER, KEYPAD_ENTER])
def test_either_enter_ends_a_scan(code: int) -> None:
    assert take(Keys(), *press(A, code)) == [Typed(b"a")]


def test_a_tab_ends_a_scan_where_the_setting_says_so() -> None:
    assert take(Keys(end=End.TAB), *press(A, TAB)) == [Typed(b"a")]
    assert "Enter has no meaning" in take(Keys(end=End.TAB), *press(A, ENTER, TAB))[0].wrong
    assert "Tab has no meaning" in typed(*press(A, TAB)).wrong


def test_an_end_without_anything_before_it_is_no_scan() -> None:
    assert take(Keys(), *press(ENTER, ENTER)) == []


@pytest.mark.parametrize(
    ("events", "why"),
    [
        (press(1), "key 1 has no meaning"),
        (press(86), "key 86 has no meaning"),
        (holding(ALT_GR, 10), "AltGr+9 has no meaning with gs=ctrl-]: it may be set to the key"),
        (holding(LEFT_CTRL, A), "Ctrl+a has no meaning"),
        (holding(LEFT_ALT, A), "Alt+a has no meaning"),
        (holding(125, A), "a has no meaning"),
        (holding(LEFT_SHIFT, KEYPAD["7"]), "key 71 has no meaning"),
        ((KeyEvent(EV_KEY, Y, REPEATED),), "y was held down and repeated itself"),
        ((KeyEvent(EV_SYN, SYN_DROPPED, 0),), "keys were lost"),
        (press(A) + down(LEFT_SHIFT), "a key was held down at its end"),
    ],
)
def test_what_has_no_meaning_makes_the_scan_wrong_and_is_named(
    events: tuple[KeyEvent, ...], why: str
) -> None:
    assert why in typed(*press(A), *events, *press(B)).wrong


def test_after_a_wrong_scan_the_next_is_right() -> None:
    keys = Keys()
    assert typed(*press(A, 1, B), keys=keys).wrong
    assert typed(*press(A, B), keys=keys) == Typed(b"ab")


def test_keys_that_are_lost_with_shift_down_do_not_shift_what_follows() -> None:
    keys = Keys()
    assert typed(*down(LEFT_SHIFT), KeyEvent(EV_SYN, SYN_DROPPED, 0), keys=keys).wrong
    assert typed(*press(A), keys=keys) == Typed(b"a")


def test_reports_and_scan_codes_between_the_keys_mean_nothing() -> None:
    report, scan_code = KeyEvent(EV_SYN, 0, 0), KeyEvent(MISC, SCAN_CODE, 0x70004)
    assert typed(scan_code, *press(A), report, scan_code, *press(B), report) == Typed(b"ab")


def test_what_was_forgotten_is_not_in_the_next_scan() -> None:
    keys = Keys()
    take(keys, *press(A))
    assert keys.unfinished
    keys.forget()
    assert typed(*press(B), keys=keys) == Typed(b"b")


def test_the_rest_of_a_scan_that_was_skipped_is_none() -> None:
    keys = Keys()
    take(keys, *press(A))
    keys.skip()
    assert take(keys, *press(B, ENTER)) == []
    assert typed(*press(B), keys=keys) == Typed(b"b")


def test_with_nothing_typed_nothing_is_skipped() -> None:
    keys = Keys()
    keys.skip()
    assert typed(*press(A), keys=keys) == Typed(b"a")


def test_a_scan_longer_than_any_is_wrong_and_takes_no_more_memory() -> None:
    keys = Keys()
    take(keys, *(press(A) * (LONGEST + 100)))
    assert len(keys._text) == LONGEST
    assert typed(keys=keys).wrong == f"it is longer than {LONGEST} characters"


kinds = st.sampled_from([EV_SYN, EV_KEY, EV_KEY, EV_KEY, MISC, EV_LED])
codes = st.one_of(st.integers(0, 130), st.sampled_from([ENTER, *GS_KEYS.values()]))


@given(st.lists(st.builds(KeyEvent, kinds, codes, st.integers(0, 2)), max_size=200), st.data())
def test_whatever_is_pressed_a_right_scan_has_only_characters_and_separators(
    events: list[KeyEvent], data: st.DataObject
) -> None:
    keys = Keys(gs=data.draw(st.sampled_from(Gs)), end=data.draw(st.sampled_from(End)))
    for each in take(keys, *events):
        assert each.text or each.wrong
        assert set(each.text) <= {*PRINTABLE, 0x1D}
