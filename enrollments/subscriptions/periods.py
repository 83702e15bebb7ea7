"""Months and quarters. Pure: a day in, days out."""

from datetime import date, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _


class Rhythm(models.TextChoices):
    MONTHLY = "monthly", _("every month")
    QUARTERLY = "quarterly", _("every quarter")


def first_day(rhythm: Rhythm, day: date) -> date:
    """The first day of the month or quarter that the day lies in."""
    month = day.month if rhythm == Rhythm.MONTHLY else day.month - (day.month - 1) % 3
    return date(day.year, month, 1)


def last_ended(rhythm: Rhythm, today: date) -> date:
    """The last day of the period that ended last."""
    return first_day(rhythm, today) - timedelta(days=1)


def first_day_of_next(rhythm: Rhythm, today: date) -> date:
    # From the first day of a period, so many days always lie in the next one.
    beyond = 32 if rhythm == Rhythm.MONTHLY else 93
    return first_day(rhythm, first_day(rhythm, today) + timedelta(days=beyond))
