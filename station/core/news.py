"""What other systems can be told of by the station itself, by the names that the configuration and
every message use.
"""

from typing import Literal, get_args

Kind = Literal[
    "order-accepted",
    "order-refused",
    "order-started",
    "order-held",
    "order-resumed",
    "order-finished",
    "order-ended",
    "order-closed",
    "reject",
    "in-doubt",
    "settled",
    "fault",
    "fault-cleared",
]

KINDS: tuple[Kind, ...] = get_args(Kind)
