"""All that a station works with, as one document, and two people who vouch for it as validated."""

import json

from station.artwork.text import Font
from station.config import Config
from station.core.baseline import canonical, digest_of
from station.core.events import BaselineApproved
from station.core.problem import Refused, problem
from station.core.profiles.profile import digest as profiles_digest
from station.line.board import ApproveBaseline
from station.line.library import Library
from station.records.baselines import BaselineRecords
from station.records.journal import Journal


def in_force(config: Config, *, version: str, library: Library, font: Font) -> str:
    """The document: every setting, and digests of all that labels are made with. No secrets."""
    products = {
        each.model: digest_of(each.model_dump_json()) for each in library.catalogue.values()
    }
    templates = {f"{each.name} {each.revision}": each.digest for each in library.templates.values()}
    return canonical(
        {
            "version": version,
            "configuration": json.loads(config.canonical),
            "font": font.digest,
            "profiles": profiles_digest(library.profiles.values()),
            "products": products,
            "templates": templates,
        }
    )


class Baselines:
    def __init__(self, journal: Journal, *, set_up: str) -> None:
        """`set_up` is what is in force; empty where nobody says."""
        self._journal = journal
        self._records = BaselineRecords(journal.db)
        self._set_up = set_up

    def approve(self, request: ApproveBaseline, *, actor: str) -> None:
        """Record that two people vouch for it. Raises Refused."""
        digest = digest_of(self._set_up)
        if not self._set_up or request.digest != digest:
            raise Refused(
                problem(
                    "The station is set up otherwise, {got}, than what you looked at, {expected}:"
                    " restart the station or look again.",
                    expected=request.digest[:12],
                    got=digest[:12],
                )
            )
        last = self._records.last()
        if last and last.digest == digest:
            raise Refused(
                problem("This is the validated baseline already, since event {seq}.", seq=last.seq)
            )
        approved = BaselineApproved(
            settings=self._set_up, digest=digest, reason=request.reason, witness=request.witness
        )
        self._journal.append(approved, actor=actor)
