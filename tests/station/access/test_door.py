"""Who comes in, who is locked out, and who is inside."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

import pytest

from station.access.door import (
    ADDRESS_FAILURES,
    ADDRESS_SECONDS,
    FAILURES,
    IDLE_SECONDS,
    LOCKED_SECONDS,
    LONGEST_SECONDS,
    Door,
    Note,
)
from station.access.secret import KEY_BYTES, Secrets
from station.core.events import (
    PersonAdded,
    PersonRetired,
    RolesGiven,
    SignedIn,
    SignedOut,
    SignInFailed,
    Unlocked,
)
from station.core.people import Role
from station.core.problem import Refused
from station.records.journal import Journal, recorded
from station.records.people import People

SECRETS = Secrets(bytes(KEY_BYTES))
PIN = "482915"
CREDENTIAL = SECRETS.hashed(PIN)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with closing(Journal(tmp_path)) as journal:
        for name, badge in (("王芳", "B-0042"), ("Anna Li", "")):
            journal.append(
                PersonAdded(
                    name=name,
                    roles=("operator",),
                    credential=CREDENTIAL,
                    badge=SECRETS.badge(badge) if badge else "",
                    reason="new",
                ),
                actor="admin",
            )
        yield journal


def door(journal: Journal, folder: Path, clock: Clock) -> Door:
    """What it notes is recorded at once, as a station between two labels does."""

    def note(event: SignedIn | SignInFailed | SignedOut) -> None:
        journal.append(event)

    noted: Note = note
    return Door(people=People.at(folder), secrets=SECRETS, note=noted, clock=clock)


@pytest.fixture
def entrance(journal: Journal, tmp_path: Path, clock: Clock) -> Door:
    return door(journal, tmp_path, clock)


@pytest.mark.parametrize("who", ["王芳", " 王芳 ", "B-0042"])
def test_a_name_or_a_badge_and_the_secret_open_a_session(entrance: Door, who: str) -> None:
    session = entrance.inside(entrance.enter(who, PIN))
    assert session
    assert (session.name, session.roles) == ("王芳", (Role.OPERATOR,))


@pytest.mark.parametrize(("who", "secret"), [("王芳", "482916"), ("nobody", PIN), ("", PIN)])
def test_a_wrong_name_and_a_wrong_secret_are_refused_in_the_same_words(
    entrance: Door, who: str, secret: str
) -> None:
    with pytest.raises(Refused, match="The name, the badge or the secret is not right"):
        entrance.enter(who, secret)


def test_every_sign_in_has_a_token_of_its_own(entrance: Door) -> None:
    one, other = entrance.enter("王芳", PIN), entrance.enter("王芳", PIN)
    assert one != other
    entrance.leave(one)
    assert entrance.inside(one) is None
    assert entrance.inside(other)
    assert entrance.inside("a token nobody was given") is None


def test_five_wrong_secrets_lock_a_person_out_and_nobody_else(entrance: Door, clock: Clock) -> None:
    wrong(entrance, FAILURES)
    with pytest.raises(Refused, match="王芳 is locked out after 5 wrong secrets"):
        entrance.enter("王芳", PIN)
    assert entrance.enter("Anna Li", PIN)
    clock.now += LOCKED_SECONDS
    assert entrance.enter("王芳", PIN)


def test_after_the_wait_there_is_one_try_and_then_another_wait(
    entrance: Door, clock: Clock
) -> None:
    wrong(entrance, FAILURES)
    clock.now += LOCKED_SECONDS
    wrong(entrance, 1)
    with pytest.raises(Refused, match="locked out"):
        entrance.enter("王芳", PIN)


def test_a_restart_does_not_end_a_lock_out_but_an_admin_does(
    entrance: Door, journal: Journal, tmp_path: Path, clock: Clock
) -> None:
    wrong(entrance, FAILURES)
    again = door(journal, tmp_path, clock)
    with pytest.raises(Refused, match="locked out"):
        again.enter("王芳", PIN)
    journal.append(Unlocked(name="王芳", reason="was me"), actor="admin")
    again.unlock("王芳")
    assert again.enter("王芳", PIN)


def test_many_tries_at_once_are_no_more_than_one_after_the_other(entrance: Door) -> None:
    tried: list[bool] = []

    class Counting(Secrets):
        def proves(self, secret: str, kept: str | None) -> bool:  # noqa: ARG002 - as it is
            tried.append(True)
            return False

    entrance.secrets = Counting(bytes(KEY_BYTES))
    entrance._note = lambda _event: None

    def attempt(number: int) -> None:
        with suppress(Refused):
            entrance.enter("王芳", f"48291{number}", address=str(number))

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(attempt, range(24)))
    assert len(tried) == FAILURES


def test_an_address_that_tries_everybody_has_to_wait(entrance: Door, clock: Clock) -> None:
    for number in range(ADDRESS_FAILURES):
        with pytest.raises(Refused):
            entrance.enter(f"nobody {number}", PIN, address="192.0.2.7")
    with pytest.raises(Refused, match="wait a minute"):
        entrance.enter("王芳", PIN, address="192.0.2.7")
    assert entrance.enter("王芳", PIN, address="192.0.2.8")
    clock.now += ADDRESS_SECONDS
    assert entrance.enter("王芳", PIN, address="192.0.2.7")


def test_a_session_ends_when_nobody_does_anything_and_at_the_end_of_a_shift(
    entrance: Door, clock: Clock
) -> None:
    token = entrance.enter("王芳", PIN)
    clock.now += IDLE_SECONDS - 1
    assert entrance.inside(token, busy=False)
    clock.now += 2
    assert entrance.inside(token) is None
    token = entrance.enter("王芳", PIN)
    for _ in range(int(LONGEST_SECONDS / IDLE_SECONDS) * 2):
        clock.now += IDLE_SECONDS / 2
        assert entrance.inside(token)
    clock.now += 1
    assert entrance.inside(token) is None


def test_rights_that_were_taken_away_are_gone_at_once(entrance: Door, journal: Journal) -> None:
    token = entrance.enter("王芳", PIN)
    journal.append(RolesGiven(name="王芳", roles=("quality",), reason="moved"), actor="admin")
    session = entrance.inside(token)
    assert session
    assert session.roles == (Role.QUALITY,)
    journal.append(PersonRetired(name="王芳", reason="left"), actor="admin")
    assert entrance.inside(token) is None
    with pytest.raises(Refused, match="is not right"):
        entrance.enter("B-0042", PIN)


def test_revoking_ends_every_session_of_a_person(entrance: Door) -> None:
    tokens = [entrance.enter("王芳", PIN) for _ in range(2)]
    other = entrance.enter("Anna Li", PIN)
    entrance.revoke("王芳")
    assert [entrance.inside(each) for each in tokens] == [None, None]
    assert entrance.inside(other)


def test_whoever_signs_proves_it_once_more(entrance: Door) -> None:
    assert entrance.prove("Anna Li", PIN).name == "Anna Li"
    for name, secret in (("Anna Li", "482916"), ("nobody", PIN)):
        with pytest.raises(Refused, match="of whoever signs is not right"):
            entrance.prove(name, secret)


def test_who_came_and_went_is_recorded_and_no_secret_is(entrance: Door, journal: Journal) -> None:
    token = entrance.enter("B-0042", PIN)
    wrong(entrance, 1)
    entrance.leave(token)
    told = [each.event for each in recorded(journal.db)]
    assert told[-3:] == [
        SignedIn(name="王芳", badge=True),
        SignInFailed(name="王芳"),
        SignedOut(name="王芳", why="self"),
    ]
    assert PIN not in str(told)
    assert token not in str(told)


def test_nobody_has_to_sign_in_where_there_is_nobody(tmp_path: Path, clock: Clock) -> None:
    with closing(Journal(tmp_path)) as empty:
        assert not door(empty, tmp_path, clock).guarded


def wrong(entrance: Door, times: int) -> None:
    for _ in range(times):
        with pytest.raises(Refused, match="is not right"):
            entrance.enter("王芳", "482916")
