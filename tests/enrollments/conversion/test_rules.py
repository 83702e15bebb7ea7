"""Promises about the tables of law: one rule for each day, and a rule that was used never changes."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, transaction

from accounts.audit.models import AuditEntry
from asn_lms.lib.refusals import NotYours, Refusal
from courses.taxonomy.models import LearningPath
from enrollments.conversion.actions import add_rule, add_target
from enrollments.conversion.models import ConversionRule, YearlyTarget
from enrollments.conversion.queries import rule_book, target_of
from enrollments.credits.actions import credit_outside
from tests import make
from tests.cast import Cast, cast

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def people() -> Cast:
    return cast()


def path(code: str) -> LearningPath:
    return LearningPath.objects.get(code=code)


def in_force(code: str, scope: str = "national", on: date = date(2026, 3, 2)) -> ConversionRule | None:
    return rule_book([path(code).pk]).rule(path(code).pk, scope, on)


def new_rule(code: str = "NKL03", **fields: Any) -> ConversionRule:
    values = {
        "path": path(code), "scope": "national", "basis": "hours", "jp": D(1), "cap": D(4), "cap_period": "day",
        "legal_basis": "Keputusan contoh", "valid_from": date(2027, 1, 1),
    }  # fmt: skip
    return ConversionRule(**(values | fields))


@pytest.mark.parametrize(
    ("code", "scope", "basis", "jp", "uplift", "cap", "period"),
    [
        ("PD01", "national", "per_semester", 20, 0, None, ""),
        ("KL01", "national", "hours", 1, 0, None, ""),
        ("KL03", "international", "hours", 1, 20, None, ""),
        ("KL06", "national", "per_day", 4, 0, None, ""),
        ("KL07", "international", "per_day", 7, 0, None, ""),
        ("KL11", "international", "per_day", 6, 0, None, ""),
        ("NKL01", "national", "per_session", 2, 0, 4, "month"),
        ("NKL02", "international", "per_session", 4, 0, 8, "month"),
        ("NKL03", "national", "hours", 1, 0, 3, "day"),
        ("NKL03", "international", "hours", 1, 0, 4, "day"),
        ("NKL05", "international", "per_event", 24, 0, None, ""),
        ("NKL07", "national", "per_event", 10, 0, None, ""),
        ("NKL09", "national", "hours", 1, 0, 2, "day"),
        ("NKL12", "national", "per_event", 20, 0, None, ""),
    ],
)
def test_the_table_is_there_as_rows_with_their_basis(
    code: str, scope: str, basis: str, jp: int, uplift: int, cap: int | None, period: str
) -> None:
    rule = in_force(code, scope)
    assert rule
    assert (rule.basis, rule.cap_period) == (basis, period)
    assert (rule.jp, rule.uplift, rule.cap) == (D(jp), D(uplift), None if cap is None else D(cap))
    assert "B-031/BPS/2600/02/2019" in rule.legal_basis


def test_leadership_training_abroad_has_no_row_and_neither_has_before_the_letter() -> None:
    assert in_force("KL01", "international") is None
    assert in_force("NKL03", on=date(2018, 12, 31)) is None


def test_the_database_refuses_two_rules_for_one_day() -> None:
    with pytest.raises(IntegrityError, match="one_conversion_rule_per_path_scope_and_day"), transaction.atomic():
        new_rule().save()
    new_rule("KL12").save()
    with pytest.raises(IntegrityError, match="cap_has_its_period"), transaction.atomic():
        new_rule("NKL13", cap_period="").save()


def test_a_new_rule_ends_the_old_one_the_day_before_and_is_audited(people: Cast) -> None:
    old = in_force("NKL03")
    new = add_rule(new_rule(), by=people.admin)
    assert in_force("NKL03", on=date(2026, 12, 31)) == old
    assert in_force("NKL03", on=date(2027, 1, 1)) == new
    assert AuditEntry.objects.get(action="rule.added").details["basis"] == "Keputusan contoh"
    # One that comes between ends when the later one begins.
    between = add_rule(new_rule(valid_from=date(2026, 12, 1)), by=people.admin)
    assert (between.valid_until, in_force("NKL03", on=date(2027, 1, 1))) == (date(2026, 12, 31), new)


@pytest.mark.parametrize("who", ["officer", "head", "learner", "reviewer"])
def test_only_administrators_set_rules(people: Cast, who: str) -> None:
    with pytest.raises(NotYours):
        add_rule(new_rule(), by=people[who])
    with pytest.raises(NotYours):
        add_target(YearlyTarget(employment="pns", kind="floor", jp=24, legal_basis="X", from_year=2030), by=people[who])


def test_a_rule_that_a_credit_has_used_can_only_end_after_it(people: Cast) -> None:
    learner = people.learner
    credit = credit_outside(
        learner, reference="klaim 1", title="Belajar", path=path("NKL09"), scope="national", quantity=D(1), dates=[date(2026, 3, 2)]
    )  # fmt: skip
    rule = credit.rule
    assert rule
    for change in ({"cap": D(9)}, {"jp": D(2)}, {"legal_basis": "Lain"}, {"valid_until": date(2026, 3, 1)}):
        with pytest.raises((IntegrityError, InternalError), match="can only be ended"), transaction.atomic():
            ConversionRule.objects.filter(pk=rule.pk).update(**change)
    with pytest.raises((IntegrityError, InternalError), match="can only be ended"), transaction.atomic():
        ConversionRule.objects.filter(pk=rule.pk)._raw_delete("default")
    with pytest.raises(Refusal, match="2 Maret 2026") as refused:
        add_rule(new_rule("NKL09", valid_from=date(2026, 3, 2)), by=people.admin)
    assert refused.value.field == "valid_from"
    add_rule(new_rule("NKL09", valid_from=date(2026, 3, 3)), by=people.admin)
    assert in_force("NKL09", on=date(2026, 3, 2)) == rule


def test_a_new_target_holds_from_its_year_and_the_past_keeps_its_own(people: Cast) -> None:
    this_year = date.today().year
    add_target(
        YearlyTarget(employment="pns", kind="floor", jp=D(24), legal_basis="X", from_year=this_year + 1),
        by=people.admin,
    )
    old, new = target_of("pns", this_year), target_of("pns", this_year + 1)
    assert old
    assert new
    assert (old.jp, new.jp) == (D(20), D(24))
    with pytest.raises(Refusal, match=str(this_year)):
        add_target(
            YearlyTarget(employment="pns", kind="floor", jp=D(1), legal_basis="X", from_year=2019), by=people.admin
        )


def test_an_administrator_of_one_office_does_not_set_the_rules_of_all(people: Cast) -> None:
    with pytest.raises(NotYours):
        add_rule(new_rule(), by=make.person(agency=people.a, role="admin"))
