"""The field that asks which unit organises a course."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.agencies.models import Agency
from accounts.roles.models import RoleGrant
from accounts.roles.queries import agencies_of, grants_of

if TYPE_CHECKING:
    Choice = forms.ModelChoiceField[Agency]
else:
    Choice = forms.ModelChoiceField


class OrganiserField(Choice):
    """Offers agencies and departments under the person's grants, and the unit of a grant itself, however small."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Organiser"))
        super().__init__(queryset=Agency.objects.none(), empty_label=_("Choose a unit"), **kwargs)

    def offer_to(self, user: Any, *, besides: Agency | None = None) -> None:
        """Fill the list for this person; their own unit is chosen beforehand, or the one that it has now (`besides`)."""
        own = [grant.agency_id for grant in grants_of(user)]
        mine = agencies_of(user, RoleGrant.Role.OFFICER).active()
        offered = mine.filter(kind__in=[Agency.Kind.INSTANSI, Agency.Kind.OPD]) | mine.filter(pk__in=own)
        if besides is not None:
            offered = offered | Agency.objects.filter(pk=besides.pk)
            self.initial = besides.pk
        elif user.agency_id and offered.filter(pk=user.agency_id).exists():
            self.initial = user.agency_id
        self.queryset = offered
