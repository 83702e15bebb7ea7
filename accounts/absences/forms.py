"""Input about absences: shape only."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.absences.models import LEAVE, Kind
from accounts.people.forms import DAY_HINT


class AbsenceForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Why"),
        choices=[
            (_("Leave"), [(kind.value, kind.label) for kind in Kind if kind in LEAVE]),
            (_("Exempt"), [(kind.value, kind.label) for kind in Kind if kind not in LEAVE]),
        ],
    )
    from_on = forms.DateField(label=_("First day"), help_text=DAY_HINT)
    until_on = forms.DateField(
        label=_("Last day"),
        help_text=_("As the decree says. It can be moved when the person comes back earlier or later."),
    )
    decree = forms.CharField(label=_("Number of the decree (SK)"), max_length=120, required=False)
