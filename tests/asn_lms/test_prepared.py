"""Promises of queries that are built once: the rows are those of the query itself, whatever is asked, whoever asks beside."""

import gc
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

import enrollments.classroom.views
import enrollments.siasn.views
from accounts.agencies.models import Agency
from accounts.people.models import User
from asn_lms.lib.prepared import Prepared, Slot
from tests.cast import cast

PARTS = (enrollments.classroom.views, enrollments.siasn.views)  # whose queries are among those that are kept


def people_of() -> Prepared[User, User]:
    return Prepared(
        lambda: User.objects.filter(agency=Slot("unit"), is_active=True).select_related("agency").order_by("pk")
    )


@pytest.mark.django_db
def test_the_rows_are_those_of_the_query_itself_for_every_value() -> None:
    cast()
    asked = people_of()
    units = list(Agency.objects.all())
    assert len(units) > 2
    for unit in units:
        assert asked.rows(unit=unit.pk) == list(User.objects.filter(agency=unit, is_active=True).order_by("pk"))


@pytest.mark.django_db
def test_it_is_built_once_and_asked_once_for_each_asking() -> None:
    who, built = cast(), []

    def build() -> object:
        built.append(1)
        return User.objects.filter(agency=Slot("unit")).select_related("agency")

    asked: Prepared[User, User] = Prepared(build)  # type: ignore[arg-type]
    with CaptureQueriesContext(connection) as said:
        for unit in (who.a, who.b, who.a):
            assert all(person.agency == unit for person in asked.rows(unit=unit.pk))
    assert (len(built), len(said)) == (1, 3)


@pytest.mark.django_db
def test_related_rows_come_along_and_values_too() -> None:
    who = cast()
    related: Prepared[Agency, Agency] = Prepared(
        lambda: Agency.objects.filter(pk__in=Slot("units")).prefetch_related("people").order_by("pk")
    )
    rows = related.rows(units=(who.a.pk, who.b.pk))
    with CaptureQueriesContext(connection) as said:
        assert [{one.pk for one in unit.people.all()} for unit in rows] == [
            set(User.objects.filter(agency=unit).values_list("pk", flat=True)) for unit in (who.a, who.b)
        ]
    assert len(said) == 2, "what came along is not asked again"
    names: Prepared[Agency, str] = Prepared(
        lambda: Agency.objects.filter(pk=Slot("unit")).values_list("name", flat=True)
    )
    assert names.first(unit=who.a.pk) == who.a.name
    assert names.first(unit=0) is None


@pytest.mark.django_db
def test_a_value_that_is_missing_or_not_wanted_is_said() -> None:
    asked = people_of()
    with pytest.raises(TypeError, match="unit"):
        asked.rows()
    with pytest.raises(TypeError, match="other"):
        asked.rows(unit=1, other=2)


@pytest.mark.django_db
@pytest.mark.parametrize(("field", "still"), [("birth_on", date(2026, 1, 1)), ("created_at", timezone.now())])
def test_a_day_that_would_stand_still_is_refused(field: str, still: date) -> None:
    asked: Prepared[User, User] = Prepared(lambda: User.objects.filter(**{f"{field}__lt": still}))
    with pytest.raises(ValueError, match="make it a Slot"):
        asked.rows()


@pytest.mark.django_db
def test_no_kept_query_depends_on_when_it_is_built() -> None:
    kept = [one for one in gc.get_objects() if type(one) is Prepared and "test_" not in one.build.__module__]
    assert len(kept) > 20, PARTS
    for one in kept:
        texts = [one.build().query.get_compiler(using="default").as_sql()[0] for _ in range(2)]
        assert texts[0] == texts[1]
        one.kept = None
        with pytest.raises(TypeError, match="wants"):
            one.rows(nothing_like_it=1)


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_the_same_time_get_their_own_rows() -> None:
    who = cast()
    asked = people_of()
    wanted = {unit.pk: list(User.objects.filter(agency=unit, is_active=True).order_by("pk")) for unit in (who.a, who.b)}
    assert all(wanted.values())
    assert wanted[who.a.pk] != wanted[who.b.pk]

    def ask(unit: int) -> bool:
        try:
            return all(asked.rows(unit=unit) == wanted[unit] for _ in range(50))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(ask, [who.a.pk, who.b.pk] * 4))
