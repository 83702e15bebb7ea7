"""Shape of what comes in."""

import re
from typing import Any

from django import forms
from django.core.files.base import File
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from enrollments.certificates.models import CorrectionRequest

LARGEST = 5 * 1024 * 1024
# The random id that is printed at the end of the address beside the QR code (models.public_id).
_CODE = re.compile(r"[0-9a-f]{32}")


class CodeForm(forms.Form):
    """The code of a certificate, alone or with the address in which it is printed; capitals and spaces do not matter."""

    code = forms.CharField(
        label=_("Code or address beside the QR code"),
        max_length=300,
        help_text=_("32 letters and digits, at the end of the address that is printed on the certificate."),
        error_messages={"required": _("Type the code that is printed beside the QR code.")},
    )

    def clean_code(self) -> str:
        found = _CODE.search("".join(str(self.cleaned_data["code"]).split()).lower())
        if found is None:
            raise forms.ValidationError(
                _("This is not such a code. Copy the 32 letters and digits at the end of the printed address.")
            )
        return found[0]


class CompareForm(forms.Form):
    """A certificate's file, to be compared with the one that was issued. It is read, never kept."""

    pdf = forms.FileField(
        label=_("Certificate file (PDF, up to 5 MB)"),
        widget=forms.FileInput(attrs={"accept": "application/pdf"}),
        error_messages={
            "required": _("Choose the PDF file of the certificate first."),
            "empty": _("This file is empty. Download the certificate again and choose that file."),
        },
    )

    def clean_pdf(self) -> File[Any]:
        file: File[Any] = self.cleaned_data["pdf"]
        if (file.size or 0) > LARGEST:
            raise forms.ValidationError(_("This file is larger than 5 MB, so it is none of our certificates."))
        return file


class CorrectionForm(forms.Form):
    """What is printed wrongly, and how it should read."""

    part = forms.ChoiceField(
        label=_("What is wrong?"),
        choices=[(part.value, capfirst(part.label)) for part in CorrectionRequest.Part],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what is wrong.")},
    )
    wish = forms.CharField(
        label=_("How should it read?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Exactly as it should be printed. If a decree says so, name it."),
        error_messages={"required": _("Write how it should read.")},
    )


class SettleForm(forms.Form):
    """The officer's answer to a correction."""

    is_mended = forms.TypedChoiceField(
        label=_("What have you done?"),
        choices=[("1", _("The person's data are right now")), ("0", _("It stays as it is"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two.")},
    )
    answer = forms.CharField(
        label=_("Answer to the learner"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed when it stays as it is."),
    )


class CodesForm(forms.Form):
    """Registration codes as a list."""

    text = forms.CharField(
        label=_("Paste a list: NIP and code, one person a line"),
        required=False,
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Two columns copied from Excel will do. What stands here goes before the fields above."),
    )
    file = forms.FileField(
        label=_("Or a file: CSV or XLSX with the columns nip and kode"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
    )


class RevokeForm(forms.Form):
    """Why a certificate is taken back, and whether another takes its place."""

    REISSUE, END = "reissue", "end"

    then = forms.ChoiceField(
        label=_("What comes after?"),
        choices=[
            (REISSUE, _("Issue it anew, with today's data and a new number")),
            (END, _("Nothing: it should not have been issued")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two.")},
    )
    takes_jp = forms.BooleanField(
        label=_("Take back its JP as well"),
        required=False,
        help_text=_("Only when nothing follows, and the JP were not earned."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everybody who checks the certificate reads it."),
        error_messages={"required": _("Write the reason; it is shown to everybody who checks the certificate.")},
    )


class NikForm(forms.Form):
    nik = forms.CharField(
        label="NIK",
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("BSrE knows you by it. It is kept locked, and shown to nobody."),
        error_messages={"required": _("Type the 16 digits of your NIK.")},
    )
