"""Shape of what comes in."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.files.base import File
from django.utils.translation import gettext_lazy as _

from accounts.people.models import User
from enrollments.designs.models import DesignVersion
from enrollments.designs.queries import possible_signatories
from enrollments.signing.signers import SIGNERS

LARGEST_LOGO = 3 * 1024 * 1024

if TYPE_CHECKING:
    VersionForm = forms.ModelForm[DesignVersion]
else:
    VersionForm = forms.ModelForm


class OfficialField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable at run time
    def label_from_instance(self, obj: User) -> str:
        return f"{obj.full_name}, {obj.post}" if obj.post else obj.full_name


class DesignForm(VersionForm):
    """Everything that an organiser decides about its paper, beginning with what is seen first."""

    signatory = OfficialField(
        label=_("Who signs"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("The head of the organiser on the day of issue"),
    )
    back_signatory = OfficialField(
        label=_("Who is named on the back page"), queryset=User.objects.none(), required=False, empty_label=_("Nobody")
    )
    signer = forms.ChoiceField(label=_("Signature"), widget=forms.RadioSelect)
    logo = forms.FileField(
        label=_("Logo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
        help_text=_("PNG, JPEG or WebP, up to 3 MB. Without one our own mark stands there."),
    )
    takes_logo_away = forms.BooleanField(label=_("Take the logo away"), required=False)

    class Meta:
        model = DesignVersion
        fields = DesignVersion.DETAILS
        widgets = {"legal_basis": forms.Textarea(attrs={"rows": 3}), "photo": forms.RadioSelect}
        help_texts = {
            "legal_basis": _("It is printed after “Berdasarkan”."),
            "place": _("Empty: the seat of the government that stands above."),
            "signatory_post": _("Empty: the person's post; of an acting head “Plt. Kepala …”."),
            "number_format": _(
                "{urut} the sequence, {unit} the organiser, {kode} the classification, {bulan} the month in Roman numerals, "
                "{tahun} the year. A series that has begun keeps its form until the year ends."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        officials = User.objects.filter(
            pk__in=[one.pk for one in possible_signatories(self.instance.design.organiser)]
            + [pk for pk in (self.instance.signatory_id, self.instance.back_signatory_id) if pk]
        ).order_by("name")
        for name in ("signatory", "back_signatory"):
            field: Any = self.fields[name]
            field.queryset = officials
        signer: Any = self.fields["signer"]
        signer.choices = [
            (one.name, one.label) for one in SIGNERS.values() if one.is_configured() or one.name == self.instance.signer
        ]

    def clean_logo(self) -> File[Any] | None:
        logo: File[Any] | None = self.cleaned_data.get("logo")
        if logo and (logo.size or 0) > LARGEST_LOGO:
            raise forms.ValidationError(_("This file is larger than 3 MB. Make it smaller first."))
        return logo

    def new_logo(self) -> bytes | None:
        """Empty bytes to take it away, None to keep what there is."""
        logo = self.cleaned_data.get("logo")
        if logo:
            content: bytes = logo.read()
            return content
        return b"" if self.cleaned_data.get("takes_logo_away") else None

    def details(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in DesignVersion.DETAILS}
