"""Every command the interpreter knows: one line of a table, one small function."""

from drivers.zpl.verbs import fields, settings, shapes
from drivers.zpl.verbs.verb import Verb

VERBS: dict[str, Verb] = settings.VERBS | fields.VERBS | shapes.VERBS

# Known, and without effect on the picture. The ~ ones have acted when they arrived.
WITHOUT_PICTURE = frozenset(
    {"^XA", "^XZ", "^FX", "^PR", "^MD", "~SD", "^MN", "^MT", "^MF", "^JJ", "^SX", "~JS", "~TA"}
    | {"~HS", "~HI", "~HQ", "~JA", "~JX", "~JR", "~PH", "~PP", "~PS", "~EG", "~DG", "~DY"}
    | {"^CC", "~CC", "^CD", "~CD", "^CT", "~CT"}
)
