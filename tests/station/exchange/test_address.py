"""A message goes where the configuration says, and nowhere that a name can be made to point to."""

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_mock import MockerFixture

from station.core.problem import Refused
from station.exchange.address import Target, Undelivered


def pointing_to(mocker: MockerFixture, *addresses: str) -> None:
    """What the name is resolved to; the resolver is the machine's."""
    found = [
        (socket.AF_INET6 if ":" in each else socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 443))
        for each in addresses
    ]
    mocker.patch("socket.getaddrinfo", return_value=found)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mes.example/hook",
        "ftp://mes.example/",
        "file:///etc/passwd",
        "http://",
        "http://user:secret@mes.example/",
        "http://user@mes.example/",
        "http://mes.example/#part",
        "http://mes.example:0/",
        "http://mes.example:99999/",
        "http://mes.example/a b",
        "http://mes.example/\r\nX-Evil: 1",
        "http://[::1/",
        "http://münchen.example/",
    ],
)
def test_what_is_no_plain_url_is_refused(url: str) -> None:
    with pytest.raises(Refused):
        Target.parse(url)


def test_the_parts_of_a_url() -> None:
    target = Target.parse("https://mes.example/hook?key=secret")
    assert (target.host, target.port, target.path) == ("mes.example", 443, "/hook?key=secret")
    assert target.shown == "https://mes.example/hook"
    assert Target.parse("http://[2001:db8::1]:8080").shown == "http://[2001:db8::1]:8080/"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
    ],
)
def test_a_name_that_points_inside_is_not_followed(mocker: MockerFixture, address: str) -> None:
    pointing_to(mocker, address)
    with pytest.raises(Undelivered, match="not allowed"):
        Target.parse("https://mes.example/").resolved()


def test_an_address_inside_is_reached_where_it_is_named_exactly(mocker: MockerFixture) -> None:
    pointing_to(mocker, "10.1.2.3")
    assert Target.parse("https://10.1.2.3/").resolved() == "10.1.2.3"
    named = Target.parse("https://mes.example/", addresses=("10.1.2.3",))
    assert named.resolved() == "10.1.2.3"
    with pytest.raises(Undelivered):
        Target.parse("https://mes.example/", addresses=("10.1.2.4",)).resolved()


def test_of_several_addresses_one_that_is_allowed_is_taken(mocker: MockerFixture) -> None:
    pointing_to(mocker, "127.0.0.1", "8.8.8.8")
    assert Target.parse("https://mes.example/").resolved() == "8.8.8.8"


def test_a_name_that_nobody_knows_is_said() -> None:
    with pytest.raises(Undelivered, match="not known"):
        Target.parse("http://nothing.invalid/").resolved()


@given(st.text(max_size=60))
def test_no_text_makes_it_stumble(text: str) -> None:
    try:
        target = Target.parse(text)
    except Refused:
        return
    assert target.host
