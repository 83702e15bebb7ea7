"""Lists of people that somebody wants to find again."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from accounts.agencies.models import Agency

MOST_VIEWS = 20


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def held_by(self, user: Any) -> "SavedViewQuerySet":
        return self.filter(owner=user)


class SavedView(models.Model):
    """A name for what a list of people is narrowed to and how it is sorted: a bookmark, its owner's alone.

    It gives no right: whoever opens it sees what they may see that day. A number is never kept in it, since opening it makes an address.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    # From 1: so the database itself counts to twenty.
    place = models.PositiveSmallIntegerField()
    name = models.CharField(_("name"), max_length=60)
    # None: all units of the owner
    agency = models.ForeignKey(
        Agency, verbose_name=_("unit"), null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    # None: the year that runs when it is opened
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    show = models.CharField(max_length=10, blank=True)
    order = models.CharField(max_length=20, blank=True)
    text = models.CharField(max_length=80, blank=True)
    is_default = models.BooleanField(_("open it first"), default=False)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint("owner", Upper("name"), name="a_person_names_each_view_differently"),
            models.UniqueConstraint(
                fields=["owner"], condition=Q(is_default=True), name="a_person_opens_one_view_first"
            ),
            models.UniqueConstraint(fields=["owner", "place"], name="each_saved_view_has_its_own_place"),
            models.CheckConstraint(
                condition=Q(place__gte=1, place__lte=MOST_VIEWS), name="a_person_saves_at_most_twenty_views"
            ),
            models.CheckConstraint(
                condition=~Q(text__regex=r"^[0-9 .'-]{5,}$"), name="no_number_of_a_person_in_a_saved_view"
            ),
        ]

    def __str__(self) -> str:
        return self.name
