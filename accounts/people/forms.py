"""Input about people: shape only, the actions check the rules."""

from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.agencies.forms import AgencyField
from accounts.people.models import Rank, User
from accounts.people.nip import bare

DAY_HINT = _("For example 14-09-2026")


def number_input(**attrs: str) -> forms.TextInput:
    return forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false", **attrs})


class RankField(forms.ModelChoiceField[Rank]):
    """Golongan, PNS and PPPK in two groups."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            queryset=Rank.objects.all(), label=_("Golongan"), required=False, empty_label=_("None"), **kwargs
        )
        self.iterator = _RanksByScheme
        self.choices = self.iterator(self)


class _RanksByScheme(forms.models.ModelChoiceIterator[Rank]):
    def __iter__(self) -> Any:
        yield ("", self.field.empty_label)
        groups: dict[str, list[Any]] = {}
        for rank in self.queryset:
            groups.setdefault(rank.get_scheme_display(), []).append(self.choice(rank))
        yield from groups.items()


class ProfileForm(forms.ModelForm[User]):
    """Who somebody is; where they serve is another form."""

    class Meta:
        model = User
        fields = [
            "name",
            "title_before",
            "title_after",
            "email",
            "phone",
            "birth_on",
            "birth_place",
            "sex",
            "post_kind",
        ]
        labels = {"name": _("Name without titles")}
        help_texts = {
            "title_before": _("For example Dr. or drg."),
            "title_after": _("For example S.Kom., M.M."),
            "email": _("Reminders, certificates and the activation go there."),
            "birth_on": DAY_HINT,
        }
        widgets = {"phone": forms.TextInput(attrs={"inputmode": "tel"})}

    def validate_unique(self) -> None:
        """The action checks number and e-mail, so that screen, import and REST say the same."""

    def validate_constraints(self) -> None:
        """Likewise."""

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())


class ServiceForm(forms.Form):
    """Where and as what somebody serves, from which day on."""

    agency = AgencyField()
    post = forms.CharField(label=_("Post (jabatan)"), max_length=200, required=False)
    employment = forms.ChoiceField(label=_("Employment status"), choices=User.Employment.choices)
    rank = RankField()
    from_on = forms.DateField(label=_("From which day"), help_text=DAY_HINT)

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["agency"]
        assert isinstance(field, AgencyField)
        field.user = user


class TransferForm(ServiceForm):
    end_roles = forms.BooleanField(
        label=_("End the roles that this person bears"),
        required=False,
        help_text=_("Leave it out only when the roles go on at the new place."),
    )

    def __init__(self, user: Any, *args: Any, has_roles: bool = False, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        if not has_roles:
            del self.fields["end_roles"]


class NewPersonForm(ServiceForm, ProfileForm):
    nip = forms.CharField(
        label=_("NIP / NI PPPK"),
        max_length=40,
        required=False,
        help_text=_("18 digits; spaces do not matter. Leave it empty only for somebody who is no ASN."),
        widget=number_input(),
    )
    field_order = [
        "nip",
        "employment",
        "name",
        "title_before",
        "title_after",
        "email",
        "agency",
        "post",
        "post_kind",
        "rank",
        "from_on",
        "birth_on",
        "birth_place",
        "sex",
        "phone",
    ]


class NumberForm(forms.Form):
    nip = forms.CharField(
        label=_("New NIP / NI PPPK"),
        max_length=40,
        help_text=_("18 digits; spaces do not matter."),
        widget=number_input(),
    )
    from_on = forms.DateField(label=_("From which day"), help_text=DAY_HINT)

    def clean_nip(self) -> str:
        return bare(self.cleaned_data["nip"])


class PeopleFilter(forms.Form):
    """How the list is narrowed; names go in the address, numbers never do."""

    q = forms.CharField(max_length=100, required=False)
    unit = forms.IntegerField(required=False, min_value=1)
    state = forms.ChoiceField(choices=[("", ""), ("inactive", ""), ("all", "")], required=False)
    employment = forms.ChoiceField(choices=[("", ""), *User.Employment.choices], required=False)


class ImportForm(forms.Form):
    class Kind(models.TextChoices):
        PEOPLE = "people", _("People")
        AGENCIES = "agencies", _("Units")

    kind = forms.ChoiceField(
        label=_("What is in the file"), choices=Kind.choices, widget=forms.RadioSelect, initial=Kind.PEOPLE
    )
    file = forms.FileField(
        label=_("Spreadsheet (CSV or XLSX, up to 10 MB)"),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,text/csv"}),
        allow_empty_file=True,
    )
