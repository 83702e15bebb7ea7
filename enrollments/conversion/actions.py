"""New rules: always a new row from a day or year on, never an edit."""

from datetime import date, timedelta

from django.db import connection, transaction
from django.db.models import Max, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.audit.actions import record
from accounts.people.models import User
from asn_lms.lib.days import local_day
from asn_lms.lib.refusals import NotYours, Refusal
from enrollments.conversion.models import ConversionRule, YearlyTarget
from enrollments.conversion.rules import may_set_rules

ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('conversion rules', 0))"


@transaction.atomic
def add_rule(rule: ConversionRule, *, by: User | None) -> ConversionRule:
    """Let an unsaved rule hold from its first day on. The one that held before ends the day before; a rule that is to come stays,
    and ends this one. What was credited keeps the rule that it was credited with.

    Refuses a first day on or before the last day for which a credit used the old rule.
    """
    _check_and_lock(by)
    others = ConversionRule.objects.filter(path=rule.path, scope=rule.scope)
    following = others.filter(valid_from__gt=rule.valid_from).order_by("valid_from").first()
    if following:
        rule.valid_until = following.valid_from - timedelta(days=1)
    eve = rule.valid_from - timedelta(days=1)
    for old in others.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=eve), valid_from__lte=rule.valid_from):
        used: date | None = old.credits.aggregate(last=Max("on"))["last"]
        if used and used > eve:
            raise Refusal(
                _("Credits up to %(day)s have used the old rule. Choose a later day.")
                % {"day": date_format(used, "j F Y")},
                field="valid_from",
            )
        if old.valid_from == rule.valid_from:
            old.delete()
        else:
            old.valid_until = eve
            old.save(update_fields=["valid_until"])
    rule.save()
    record(
        "rule.added", rule, by=by, agency=by.agency if by else None, path=rule.path, scope=rule.scope, counted_by=rule.basis, jp=rule.jp, uplift=rule.uplift, cap=rule.cap,
        cap_period=rule.cap_period, basis=rule.legal_basis, from_on=rule.valid_from,
    )  # fmt: skip
    return rule


@transaction.atomic
def add_target(target: YearlyTarget, *, by: User | None) -> YearlyTarget:
    """Let an unsaved target hold from its first year on, this year at the earliest; the one before ends with the year before."""
    _check_and_lock(by)
    this_year = local_day(by.zone if by else "Asia/Jakarta").year
    if target.from_year < this_year:
        raise Refusal(
            _("What was asked of a past year stays. Choose %(year)s or later.") % {"year": this_year}, field="from_year"
        )
    others = YearlyTarget.objects.filter(employment=target.employment)
    if others.filter(from_year=target.from_year).exists():
        raise Refusal(_("There is a target from that year already."), field="from_year")
    following = others.filter(from_year__gt=target.from_year).order_by("from_year").first()
    if following:
        target.until_year = following.from_year - 1
    others.filter(
        Q(until_year__isnull=True) | Q(until_year__gte=target.from_year), from_year__lt=target.from_year
    ).update(until_year=target.from_year - 1)
    target.save()
    record(
        "target.added", target, by=by, agency=by.agency if by else None, employment=target.employment, kind=target.kind, jp=target.jp, basis=target.legal_basis,
        from_year=target.from_year,
    )  # fmt: skip
    return target


def _check_and_lock(by: User | None) -> None:
    if by is not None and not may_set_rules(by):
        raise NotYours(_("Only administrators of the whole government set these rules."))
    with connection.cursor() as cursor:
        cursor.execute(ONE_AT_A_TIME)
