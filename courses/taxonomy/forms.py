"""Shape of what comes in."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.agencies.models import Agency
from accounts.people.models import User
from accounts.roles.models import RoleGrant
from accounts.roles.queries import agencies_of
from courses.taxonomy.models import MobileData, ProgramFamily


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


if TYPE_CHECKING:
    MobileDataModelForm = forms.ModelForm[MobileData]
else:
    MobileDataModelForm = forms.ModelForm


class MobileDataForm(MobileDataModelForm):
    class Meta:
        model = MobileData
        fields = ("rupiah_per_mb", "kilobits_per_second", "heavy_mb", "basis")
        localized_fields = ("rupiah_per_mb",)
        help_texts = {
            "rupiah_per_mb": _("What a package costs, divided by its MB. Rp 10,000 for 1 GB is about Rp 10."),
            "kilobits_per_second": _("By this the pages say how long something takes to load. Slow 3G has 400."),
            "heavy_mb": _("Authors are warned above it; nothing is refused."),
            "basis": _("Where the price comes from, so that anybody can check it."),
        }

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class EndForm(forms.Form):
    on = forms.DateField(label=_("Last day"), widget=day_input())
