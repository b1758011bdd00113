"""Why a design may not hold a command: the first line of the table that fits it.

>>> print(reason("^JU"))
It changes the printer itself, for every later label too: a printer is set up at its panel.
>>> print(reason("^QQ"))
It is not among the commands a design may hold.
"""

import re

from station.core.problem import Problem, problem

_UNKNOWN = problem("It is not among the commands a design may hold.")

_REASONS: tuple[tuple[re.Pattern[str], Problem], ...] = tuple(
    (re.compile(pattern), why)
    for pattern, why in (
        (
            r"[\^~]C[CDT]",
            problem(
                "It changes the signs by which a printer knows commands, so that others could hide"
                " behind it."
            ),
        ),
        (
            "~.*",
            problem("A command that begins with ~ acts at once, whatever label is being printed."),
        ),
        (
            r"\^(SN|SF|FC|SO|ST|SL)",
            problem(
                "The printer would count or tell the time by itself: every value on a label comes"
                " from its order."
            ),
        ),
        (
            r"\^(N.|WI|WL|WP|WR|WS|WE|WX|WA|KP|KN)",
            problem("It changes the printer's network, name or password."),
        ),
        (
            r"\^(DF|XF|FN|FV|MC|XG|I[DLMS]|D.|EG|TO|CW|FL|SE|LF|CO|FM|CP|CM)",
            problem(
                "It keeps, erases or recalls something in the printer: a design is whole by"
                " itself, its graphics in ^GF."
            ),
        ),
        (r"\^H.", problem("It makes the printer answer while a label is being printed.")),
        (
            r"\^B.",
            problem(
                "It draws a symbol that the station cannot draw in advance: a UDI is carried by ^BX"
                " (GS1 DataMatrix) or ^BC (GS1-128)."
            ),
        ),
        (r"\^(R.|WT|WV|WF)", problem("It writes or reads an RFID tag.")),
        (r"\^TB", problem("It lays text out as printers do not agree upon: use ^FB.")),
        (
            r"\^(J.|S.|M.|P.|K.|L.|X.|Z.|T.|W.)",
            problem(
                "It changes the printer itself, for every later label too: a printer is set up at"
                " its panel."
            ),
        ),
    )
)


def reason(code: str) -> Problem:
    """A sentence about the command, which is named by its place."""
    return next((why for pattern, why in _REASONS if pattern.fullmatch(code)), _UNKNOWN)
