"""Whatever is subtracted from whatever, no figure stands on fewer than six people."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from enrollments.surveys.bundling import gather
from enrollments.surveys.models import LEAST

# A small forest: two governments, offices below them, sections below those. Four characters to a step, as in the tree of units.
PATHS = [
    root + office + section
    for root in ("0001", "0002")
    for office in ("", "0001", "0002", "0003")
    for section in ("", "0001", "0002")
    if office or not section
]
WEEKS = st.lists(st.lists(st.sampled_from(PATHS), max_size=30), min_size=1, max_size=4)
Bundled = list[tuple[str, list[int]]]


def put_together(weeks: list[list[str]]) -> list[Bundled]:
    """Sheets that come in week after week; what stands after each week. A sheet is a number."""
    waiting: dict[str, list[int]] = {}
    where: dict[int, str] = {}
    stands: Bundled = []
    after = []
    for paths in weeks:
        for path in paths:
            where[len(where)] = path
            waiting.setdefault(path, []).append(len(where) - 1)
        bundles, rest = gather(waiting)
        stands = stands + bundles
        after.append(stands)
        waiting = {}
        for sheets in rest.values():
            for sheet in sheets:  # what is left keeps its own unit
                waiting.setdefault(where[sheet], []).append(sheet)
    return after


def shown(bundles: Bundled, unit: str) -> frozenset[int]:
    """Whose answers a page about this unit sums up."""
    return frozenset(sheet for path, sheets in bundles if path.startswith(unit) for sheet in sheets)


@given(WEEKS)
def test_a_sheet_is_in_one_bundle_at_most_and_lies_under_its_unit(weeks: list[list[str]]) -> None:
    where = [path for paths in weeks for path in paths]
    bundles = put_together(weeks)[-1]
    sheets = [sheet for _path, some in bundles for sheet in some]
    assert len(sheets) == len(set(sheets))
    for path, some in bundles:
        assert len(some) >= LEAST
        assert all(where[sheet].startswith(path) for sheet in some)


@given(WEEKS)
def test_fewer_than_six_are_left_over_in_each_government(weeks: list[list[str]]) -> None:
    bundles = put_together(weeks)[-1]
    done = {sheet for _path, some in bundles for sheet in some}
    left = [path[:4] for number, path in enumerate(path for paths in weeks for path in paths) if number not in done]
    assert all(left.count(root) < LEAST for root in ("0001", "0002"))


@given(WEEKS)
def test_no_two_pages_differ_by_fewer_than_six_people(weeks: list[list[str]]) -> None:
    """A unit and its government, a unit and all other units, this week and any week before: what one page has and the other has
    not is nobody, or at least six.
    """
    pages = {shown(bundles, unit) for bundles in put_together(weeks) for unit in (*PATHS, "")}
    for one in pages:
        for other in pages:
            assert not 0 < len(one - other) < LEAST


@given(WEEKS, st.data())
def test_nor_does_any_sum_or_difference_of_several_pages(weeks: list[list[str]], data: st.DataObject) -> None:
    """Every page is a sum of whole bundles, so in any combination all sheets of a bundle bear the same weight."""
    after = put_together(weeks)
    pages = [shown(bundles, unit) for bundles in after for unit in PATHS]
    chosen = data.draw(st.lists(st.tuples(st.sampled_from(pages), st.integers(-3, 3)), max_size=6))
    weight: Mapping[int, int] = {
        sheet: sum(times for page, times in chosen if sheet in page) for _path, some in after[-1] for sheet in some
    }
    for _path, some in after[-1]:
        assert len({weight[sheet] for sheet in some}) == 1


def test_the_lowest_unit_with_six_keeps_its_own_and_the_others_go_up() -> None:
    bundles, rest = gather({"000100010001": list(range(6)), "000100010002": [6, 7], "000100020001": [8, 9, 10, 11]})
    assert bundles == [("000100010001", [0, 1, 2, 3, 4, 5]), ("0001", [6, 7, 8, 9, 10, 11])]
    assert rest == {}


def test_five_wait() -> None:
    assert gather({"00010001": [1, 2, 3, 4, 5]}) == ([], {"0001": [1, 2, 3, 4, 5]})
