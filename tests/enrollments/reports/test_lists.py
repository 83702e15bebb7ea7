"""The list of people: sorted by any column, in pages that lose nobody, searched, over one or several units, at a cost that is bounded."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.people.models import User
from enrollments.reports import staff as lists
from enrollments.reports.cursors import Cursor
from enrollments.reports.figures import PersonRow
from enrollments.reports.staff import Column, Order, Show, Whom, staff_page
from tests import make
from tests.cast import Cast, cast

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
ORDERS = [Order(column, is_down) for column in Column for is_down in (False, True)]


@pytest.fixture
def people() -> Cast:
    return cast()


def all_pages(whom: Whom, order: Order, *, limit: int = 3, show: str = Show.ALL, name: str = "") -> list[PersonRow]:
    rows, after = [], ""
    while True:
        page = staff_page(whom, 2026, TODAY, order=order, after=after, limit=limit, show=show, name=name)
        rows += page.rows
        after = page.after
        if not after:
            return rows


def crowd(people: Cast) -> None:
    """Ties in every column, two units of the same name, names in both cases, PPPK who can miss nothing."""
    for unit in (people.a, make.agency("Seksi", parent=people.a), make.agency("Seksi", parent=people.a)):
        for number, name in enumerate(("Ani", "ani", "Budi", "Ani", "ZUL", "zul")):
            person = make.person(name, agency=unit, employment="pppk" if number == 4 else "pns")
            if number % 2:
                make.credit(person, 10, on=date(2026, 3, 2))
            if number % 3 == 0:
                make.enrollment(learner=person, due_on=date(2026, 1, 2))


def value(row: PersonRow, column: Column) -> object:
    values = {
        Column.NAME: "",
        Column.UNIT: row.unit.upper(),
        Column.JP: row.jp,
        Column.MISSING: row.missing,
        Column.COMPLETED: row.completed,
        Column.IN_PROGRESS: row.in_progress,
        Column.OVERDUE: row.overdue,
    }
    return values[column]


@pytest.mark.parametrize("order", ORDERS, ids=str)
def test_pages_in_any_order_are_the_whole_list_once(people: Cast, order: Order) -> None:
    """Against an order that is made here, from the rows; who is equal follows by name, and for whom nothing can be missing stands last."""
    crowd(people)
    whom = Whom((people.a,))
    rows = all_pages(whom, order)
    names = dict(whom.people.values_list("pk", "name"))
    by_name = sorted(rows, key=lambda row: (names[row.id].upper(), row.id))
    if order.column == Column.NAME:
        wanted = by_name[::-1] if order.is_down else by_name
    else:
        known = [row for row in by_name if value(row, order.column) is not None]
        known.sort(key=lambda row: value(row, order.column), reverse=order.is_down)  # type: ignore[arg-type,return-value]
        wanted = known + [row for row in by_name if value(row, order.column) is None]
    assert {row.id for row in rows} == set(names)
    assert [row.id for row in rows] == [row.id for row in wanted]


@given(st.lists(st.integers(0, 3), min_size=4, max_size=9), st.sampled_from(ORDERS), st.data())
def test_what_changes_between_two_pages_hides_and_doubles_nobody_who_stood_still(
    jp: list[int], order: Order, data: st.DataObject
) -> None:
    """Somebody of the first page gains JP, is called otherwise, leaves: the others follow as they stood."""
    unit = make.agency()
    here = [make.person(f"Nama {number % 3}", agency=unit) for number in range(len(jp))]
    for person, units in zip(here, jp, strict=True):
        if units:
            make.credit(person, 5 * units, on=date(2026, 3, 2))
    whole = [row.id for row in all_pages(Whom((unit,)), order)]
    first = staff_page(unit, 2026, TODAY, order=order, limit=3)
    moved = data.draw(st.sampled_from(whole[:3]))
    change = data.draw(st.sampled_from(("learns", "renamed", "leaves")))
    if change == "learns":
        make.credit(User.objects.get(pk=moved), 7, on=date(2026, 3, 2))
    elif change == "renamed":
        User.objects.filter(pk=moved).update(name="Nama 1,5")
    else:
        User.objects.filter(pk=moved).update(is_active=False, deactivated_on=TODAY)
    seen, after = [row.id for row in first.rows], first.after
    while after:
        page = staff_page(unit, 2026, TODAY, order=order, after=after, limit=3)
        seen += [row.id for row in page.rows]
        after = page.after
    still = [pk for pk in whole if pk != moved]
    assert [pk for pk in seen if pk != moved] == still


def test_a_cursor_of_another_order_begins_at_the_top(people: Cast) -> None:
    crowd(people)
    by_jp = staff_page(people.a, 2026, TODAY, order=Order(Column.JP), limit=3)
    top = staff_page(people.a, 2026, TODAY, order=Order(Column.UNIT), limit=3)
    assert staff_page(people.a, 2026, TODAY, order=Order(Column.UNIT), after=by_jp.after, limit=3).rows == top.rows


@given(st.one_of(st.text(), st.binary().map(lambda raw: raw.hex()), st.integers().map(str)))
def test_nonsense_is_no_cursor(text: str) -> None:
    assert Cursor.read(text) is None


@given(
    st.sampled_from([str(order) for order in ORDERS]),
    st.text(max_size=12),
    st.text(max_size=150),
    st.integers(-5, 2**70),
)
def test_a_forged_cursor_is_refused_or_harmless(order: str, key: str, name: str, pk: int) -> None:
    page = staff_page(make.agency(), 2026, TODAY, order=Order.read(order), after=str(Cursor(order, key, name, pk)))
    assert page.rows == []


def test_a_search_goes_with_filter_and_order(people: Cast) -> None:
    crowd(people)
    rows = all_pages(Whom((people.a,)), Order(Column.JP, is_down=True), name="ani", show=Show.BELOW)
    assert {row.name.lower() for row in rows} == {"ani"}
    assert [row.jp for row in rows] == sorted((row.jp for row in rows), reverse=True)
    assert len(rows) == User.objects.filter(name__iexact="ani").count() == 9


def test_who_is_looked_for_by_number_is_found_only_in_ones_own_units(people: Cast) -> None:
    number = str(people.learner.nip)
    assert [row.id for row in staff_page(people.a, 2026, TODAY, name=number[:14]).rows].count(people.learner.pk) == 1
    assert people.learner.pk not in [row.id for row in staff_page(people.b, 2026, TODAY, name=number).rows]


def test_a_slip_of_the_finger_finds_who_is_meant_but_nobody_of_another_unit(people: Cast) -> None:
    make.person("Hotmaida Sitorus", agency=people.a)
    make.person("Hotmaida Sitorus", agency=people.b)
    found = staff_page(people.a, 2026, TODAY, name="Hotmaid Sitorous")
    assert ([row.name for row in found.rows], found.total, found.is_guess) == (["Hotmaida Sitorus"], 1, True)


def test_a_filter_that_leaves_nobody_is_no_slip_of_the_finger(people: Cast) -> None:
    found = staff_page(people.a, 2026, TODAY, name="Rina", show=Show.OVERDUE)
    assert (found.rows, found.is_guess) == ([], False)


def test_a_list_over_several_units_is_the_lists_of_each(people: Cast) -> None:
    crowd(people)
    both = all_pages(Whom((people.a, people.b)), Order())
    apart = [row for unit in (people.a, people.b) for row in all_pages(Whom((unit,)), Order())]
    assert sorted(row.id for row in both) == sorted(row.id for row in apart)
    assert people.officer.pk not in {row.id for row in both}


def test_more_people_than_are_sorted_while_somebody_waits_stand_by_name(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd(people)
    wanted = Order(Column.JP, is_down=True)
    monkeypatch.setattr(lists, "MOST_SORTED", 20)
    assert staff_page(people.a, 2026, TODAY, order=wanted, is_bounded=True).order == wanted
    monkeypatch.setattr(lists, "MOST_SORTED", 19)
    bounded = staff_page(people.a, 2026, TODAY, order=wanted, is_bounded=True)
    assert (bounded.order, bounded.is_too_many) == (Order(), True)
    assert staff_page(people.a, 2026, TODAY, order=wanted).order == wanted
    few = staff_page(people.a, 2026, TODAY, order=wanted, name="budi", is_bounded=True)
    assert (few.order, few.is_too_many) == (wanted, False)


def test_a_count_for_a_screen_stops_and_says_so(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    crowd(people)
    monkeypatch.setattr(lists, "MOST_COUNTED", 4)
    page = staff_page(people.a, 2026, TODAY, is_bounded=True)
    assert (page.total, page.is_more) == (5, True)
    assert (staff_page(people.a, 2026, TODAY).total, staff_page(people.a, 2026, TODAY).is_more) == (20, False)


def test_jp_that_fit_no_whole_number_sort_exactly(people: Cast) -> None:
    for jp in ("9.99", "10.00", "10.01"):
        make.credit(make.person(f"P {jp}", agency=people.a), jp, on=date(2026, 3, 2))
    rows = all_pages(Whom((people.a,)), Order(Column.JP, is_down=True), limit=1)
    assert [row.jp for row in rows][:3] == [Decimal("10.01"), Decimal("10.00"), Decimal("9.99")]
