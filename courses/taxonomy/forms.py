"""Shape of what comes in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.agencies.models import Agency
from accounts.people.models import User
from accounts.roles.models import RoleGrant
from accounts.roles.queries import agencies_of
from courses.taxonomy.models import ProgramFamily


def day_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class AccreditationForm(forms.Form):
    """What stands in the decree."""

    organiser = forms.ModelChoiceField(label=_("Organiser"), queryset=Agency.objects.none())
    family = forms.ModelChoiceField(label=_("Family of training"), queryset=ProgramFamily.objects.all())
    body = forms.CharField(label=_("Accrediting body"), max_length=150, initial="Lembaga Administrasi Negara")
    decree = forms.CharField(label=_("Number of the decree"), max_length=120)
    grade = forms.CharField(
        label=_("Grade"), max_length=60, required=False, help_text=_("As the decree says, for example A.")
    )
    valid_from = forms.DateField(label=_("Valid from"), widget=day_input())
    valid_until = forms.DateField(label=_("Valid until"), widget=day_input())

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organiser: Any = self.fields["organiser"]
        organiser.queryset = (
            agencies_of(user, RoleGrant.Role.ADMIN)
            .active()
            .filter(kind__in=[Agency.Kind.INSTANSI, Agency.Kind.OPD])
            .order_by("path")
        )


class EndForm(forms.Form):
    on = forms.DateField(label=_("Last day"), widget=day_input())
