import pytest

from torture import errors, tracer
from torture.tracer import Point

pytestmark = pytest.mark.skipif(bool(tracer.missing()), reason=tracer.missing() or "can be traced")

COMMIT = Point("fdatasync", 27)
"""In the middle of the order."""


@pytest.mark.parametrize(("error", "for_good"), [("EIO", False), ("ENOSPC", True)])
def test_a_disk_that_refuses_in_the_middle_of_an_order_loses_nothing(
    error: str, *, for_good: bool
) -> None:
    assert tuple(errors.failed_at((COMMIT,), error=error, for_good=for_good)) == ()


def test_a_disk_that_refuses_the_first_write_is_told_in_a_sentence() -> None:
    first = Point("pwrite64", 1)
    assert tuple(errors.failed_at((first,), error="ENOSPC", for_good=True)) == ()
