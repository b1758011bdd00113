from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from station.core.approval import Approval, DesignState, Retirement, state_of
from station.core.events import Recipe

AT = datetime(2026, 3, 31, tzinfo=UTC)
digests = st.sampled_from(("a1", "b2"))


def approval(digest: str, *, retired: bool) -> Approval:
    end = Retirement("Wang", "typo", AT) if retired else None
    return Approval(
        "unit", "1", digest=digest, author="Li", approver="Wang", reason="r", at=AT, seq=1,
        retired=end,
    )  # fmt: skip


@given(digest=digests, approved=digests, retired=st.booleans())
def test_only_the_digest_that_was_approved_and_not_retired_is_approved(
    *, digest: str, approved: str, retired: bool
) -> None:
    found = state_of(digest, approval(approved, retired=retired))
    assert (found == DesignState.APPROVED) == (digest == approved and not retired)
    assert (found == DesignState.RETIRED) == retired


def test_what_nobody_approved_is_a_draft() -> None:
    assert state_of("a1", None) == DesignState.DRAFT


RECIPE = Recipe(template="t", font="f", product="p", dots_per_mm=8, carriers=("]d2",))


@given(st.sampled_from(sorted(Recipe.model_fields)))
def test_a_recipe_that_differs_in_anything_has_another_digest(field: str) -> None:
    other: object = ("]C1",) if field == "carriers" else "x"
    changed = RECIPE.model_copy(update={field: 12 if field == "dots_per_mm" else other})
    assert changed.digest != RECIPE.digest


def test_a_recipe_of_an_earlier_version_is_read_and_keeps_its_digest() -> None:
    old = Recipe.model_validate_json(
        '{"template":"t","font":"f","product":"p","dots_per_mm":8,"carriers":["]d2"]}'
    )
    assert (old.profiles, old.printer) == ("", "")
    assert Recipe.model_validate_json(RECIPE.model_dump_json()).digest == old.digest
