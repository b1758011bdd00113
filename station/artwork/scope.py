"""Which products, at which packaging levels, a template is made for.

A template is approved for its scope: the worst case of every product in it is laid out once,
before the first order, and an order outside of it is refused.

>>> scope = Scope(families=("acupoint_patch",), levels=("primary",))
>>> scope.covers(model="A型", family="acupoint_patch", level="primary")
True
>>> scope.covers(model="A型", family="acupoint_patch", level="outer")
False
"""

from typing import Self

from pydantic import model_validator

from station.core.problem import Refused, problem
from station.core.shape import Code, Shape


class Scope(Shape):
    families: tuple[Code, ...] = ()
    models: tuple[Code, ...] = ()
    """Products on their own, beside whole families."""

    levels: tuple[Code, ...]

    @model_validator(mode="after")
    def _of_something(self) -> Self:
        if not self.levels or not (self.families or self.models):
            raise Refused(
                problem("A template is for some products at some levels: expected both, got none.")
            )
        return self

    @property
    def words(self) -> str:
        """As a person names it."""
        return f"{', '.join((*self.families, *self.models))}; {', '.join(self.levels)}"

    def covers(self, *, model: str, family: str, level: str) -> bool:
        return level in self.levels and (model in self.models or family in self.families)
