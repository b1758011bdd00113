"""Help in both languages: the work of each role in pictures, a page for every fault."""

import html
import re
from pathlib import Path

import httpx
import pytest

from drivers.interface import Condition
from station.language import LANGUAGES, say
from station.line.board import Board, FaultShown, Mode, Snapshot
from station.web import advice, handbook
from station.web.handbook import Role
from station.web.pages import FOLDER

LARGEST_PAGE = 300_000
"""Bytes, with its pictures; style and scripts are those of every page."""

PICTURES = FOLDER / "static" / "help"


def opened(client: httpx.Client, address: str, language: str) -> str:
    answer = client.get(address, headers={"Cookie": f"language={language}"})
    assert answer.status_code == 200, answer.text
    return answer.text


def shown(page: str) -> str:
    """What a person reads of a page."""
    body = page.partition("<main")[2].partition("</main>")[0]
    return html.unescape(re.sub(r"<[^>]*>", " ", body))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("condition", Condition)
def test_every_condition_has_its_page_in_both_languages(
    client: httpx.Client, condition: Condition, language: str
) -> None:
    told = advice.for_condition(condition, language)
    text = shown(opened(client, f"/help/faults/{condition}", language))
    for sentence in (told.happened, told.labels, told.next):
        assert sentence in text
        assert "{" not in sentence


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", Role)
def test_every_role_has_its_work_in_both_languages(
    client: httpx.Client, role: Role, language: str
) -> None:
    text = opened(client, f"/help/{role}", language)
    for work in handbook.WORK[role]:
        assert say(work.title, language) in text
        assert say(work.says, language) in text


def test_help_begins_with_the_work_of_whoever_stands_at_the_line(client: httpx.Client) -> None:
    assert shown(opened(client, "/help", "en")) == shown(opened(client, "/help/operator", "en"))


@pytest.mark.parametrize("role", Role)
def test_a_page_with_its_pictures_is_small(client: httpx.Client, role: Role) -> None:
    text = opened(client, f"/help/{role}", "zh")
    pictures = set(re.findall(r'src="/static/help/([a-z-]+\.svg)"', text))
    assert pictures
    size = len(text.encode()) + sum((PICTURES / each).stat().st_size for each in pictures)
    assert size < LARGEST_PAGE


def test_every_picture_is_there_and_each_is_used() -> None:
    used = {work.picture for works in handbook.WORK.values() for work in works}
    used |= {group.picture for group in handbook.GROUPS} | set(handbook.PICTURED)
    assert used == {path.stem for path in PICTURES.glob("*.svg")}


@pytest.mark.parametrize("path", sorted(PICTURES.glob("*.svg")), ids=lambda path: path.stem)
def test_a_picture_holds_no_word_no_script_and_nothing_from_elsewhere(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"<text|<script|<style|style=|href|on[a-z]+=", text)


def test_every_condition_stands_in_one_group() -> None:
    listed = [each for group in handbook.GROUPS for each in group.conditions]
    assert sorted(listed) == sorted(Condition)


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_faults_and_holds_are_listed_with_what_to_do(
    client: httpx.Client, language: str
) -> None:
    text = opened(client, "/help/faults", language)
    for condition in Condition:
        assert f'href="/help/faults/{condition}"' in text
    for cause in advice.HOLDS:
        assert advice.for_hold(cause, language).next in text


def test_every_link_of_the_help_leads_somewhere(client: httpx.Client) -> None:
    pages = [opened(client, f"/help/{each}", "en") for each in (*Role, "faults")]
    links = {link for text in pages for link in re.findall(r'href="(/[^"?]*)"', text)}
    dead = {link for link in links if client.get(link).status_code != 200}
    assert not dead


def test_the_device_that_failed_is_named_where_it_is_known(client: httpx.Client) -> None:
    text = opened(client, "/help/faults/silent?device=gate", "en")
    assert "The gate does not answer." in text
    assert "/static/help/gate.svg" in text
    assert "The device does not answer." in opened(client, "/help/faults/silent", "en")


@pytest.mark.parametrize("device", ["<b>laser</b>", "{0}", "../../etc/passwd"])
def test_a_device_nobody_has_a_word_for_is_not_named(client: httpx.Client, device: str) -> None:
    answer = client.get("/help/faults/silent", params={"device": device})
    assert "The device does not answer." in answer.text
    assert device not in answer.text


@pytest.mark.parametrize("address", ["/help/faults/unheard-of", "/help/nobody", "/help/%3Cb%3E"])
def test_help_that_there_is_not_is_said_to_be_none(client: httpx.Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 400
    assert "<b>" not in answer.text
    assert 'href="/"' in answer.text, "no dead end"


def test_the_fault_that_is_shown_leads_to_its_page(
    client: httpx.Client, board: Board, running: Snapshot
) -> None:
    fault = FaultShown("printer tcp://192.0.2.7:9100", ("paper-out", "paused"), "paper out")
    board.publish(Snapshot(mode=Mode.FAULT, order=running.order, fault=fault, stop=4))
    text = client.get("/").text
    assert 'href="/help/faults/paper-out?device=printer"' in text


def test_a_fault_nobody_foresaw_leads_to_no_page(client: httpx.Client, board: Board) -> None:
    fault = FaultShown("laser", ("unheard-of",), "it burns")
    board.publish(Snapshot(mode=Mode.FAULT, fault=fault, stop=4))
    assert 'href="/help/faults/' not in client.get("/").text
