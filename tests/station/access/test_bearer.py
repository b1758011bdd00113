"""The door of machines."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from station.access.bearer import Bearers, TooMany, new_token
from station.access.secret import Secrets
from station.core.scope import Scope
from station.records.tokens import Token

NOW = datetime(2026, 11, 23, tzinfo=UTC)
SECRETS = Secrets(b"k" * 32)
TOKEN = new_token()


class Clock:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def held(name: str = "mes", **changed: datetime | None) -> Token:
    given: dict[str, datetime | None] = {"expires": None, "revoked": None, **changed}
    return Token(name, (Scope.ORDERS_READ,), given["expires"], given["revoked"], NOW, "王芳")


def door(token: Token | None, *, clock: Clock | None = None, burst: int = 60) -> Bearers:
    kept = {SECRETS.token(TOKEN): token} if token else {}
    return Bearers(
        find=kept.get,
        secrets=SECRETS,
        now=lambda: NOW,
        clock=clock or Clock(),
        per_second=2.0,
        burst=burst,
    )


def test_a_token_that_holds_says_whose_request_it_is() -> None:
    assert door(held()).holder(f"Bearer {TOKEN}") == held()
    assert door(held()).holder(f"bearer  {TOKEN} ") == held()


@pytest.mark.parametrize(
    "header",
    [
        "",
        TOKEN,
        "Bearer",
        "Bearer lst_",
        f"Basic {TOKEN}",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        "Bearer lst_" + "x" * 10_000,
        "Bearer lst_\udce9é\x00",
    ],
    ids=count(),
)
def test_everything_else_is_nobody(header: str) -> None:
    readable = header.encode("utf-8", "replace").decode()
    assert door(held()).holder(readable) is None


def test_a_token_of_another_station_is_nobody() -> None:
    """The digest takes the key of this one."""
    other = Bearers(
        find={Secrets(b"o" * 32).token(TOKEN): held()}.get, secrets=SECRETS, now=lambda: NOW
    )
    assert other.holder(f"Bearer {TOKEN}") is None


def test_a_token_holds_until_its_end_and_not_a_moment_longer() -> None:
    assert door(held(expires=NOW + timedelta(microseconds=1))).holder(f"Bearer {TOKEN}")
    assert door(held(expires=NOW)).holder(f"Bearer {TOKEN}") is None
    assert door(held(revoked=NOW - timedelta(1))).holder(f"Bearer {TOKEN}") is None


def test_whoever_asks_too_often_is_told_when_to_come_back() -> None:
    clock = Clock()
    bearers = door(held(), clock=clock, burst=3)
    for _ in range(3):
        assert bearers.holder(f"Bearer {TOKEN}")
    with pytest.raises(TooMany) as many:
        bearers.holder(f"Bearer {TOKEN}")
    assert many.value.seconds == pytest.approx(0.5)
    clock.seconds += 0.5
    assert bearers.holder(f"Bearer {TOKEN}")


def test_whoever_has_no_token_takes_nothing_from_those_who_have() -> None:
    bearers = door(held(), burst=2)
    for _ in range(2):
        assert bearers.holder("Bearer lst_guess") is None
    with pytest.raises(TooMany):
        bearers.holder("Bearer lst_guess")
    assert bearers.holder(f"Bearer {TOKEN}")
