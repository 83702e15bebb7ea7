"""Keys that this installation made for itself, the activation of the agency's seal, and who signs; what is private is sealed."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class AuthorityKey(models.Model):
    """A key of the self-made authority, made by whoever needs it first and the same for all processes ever after."""

    class Role(models.TextChoices):
        ROOT = "root", _("root of the sample authority")
        STAMP = "stamp", _("sample time stamp")
        SEAL = "seal", _("sample seal of an agency")
        PERSON = "person", _("sample signature of a person")

    role = models.CharField(max_length=6, choices=Role.choices)
    # Whose it is: the agency's name; for a person, what tells two of one name apart. Empty for root and stamp.
    owner = models.CharField(max_length=200, blank=True)
    certificate = models.BinaryField()  # X.509, DER
    # PKCS #8, sealed under SECRET_KEY; a person's is locked by their passphrase before that.
    sealed_key = models.BinaryField()
    # Of a person's: wrong passphrases in a row, and until when none is tried (authority.py).
    wrong_guesses = models.PositiveSmallIntegerField(default=0)
    closed_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("sample signing key")
        verbose_name_plural = _("sample signing keys")
        constraints = [
            models.UniqueConstraint(fields=["role", "owner"], name="one_signing_key_per_role_and_owner"),
            models.CheckConstraint(
                condition=Q(role__in=["root", "stamp"], owner="") | Q(role__in=["seal", "person"]) & ~Q(owner=""),
                name="signing_key_of_seal_or_person_has_owner",
            ),
            models.CheckConstraint(
                condition=Q(closed_until__isnull=True) | Q(role="person", wrong_guesses__gt=0),
                name="signing_key_closes_for_wrong_guesses",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.owner}".strip()


class SealActivation(models.Model):
    """The code with which BSrE lets this installation ask for seals, renewed before it lapses; at most one row."""

    is_only = models.BooleanField(default=True, unique=True, editable=False)
    sealed_code = models.BinaryField()
    expires_at = models.DateTimeField()
    renewed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("activation of the seal")
        verbose_name_plural = _("activation of the seal")
        constraints = [models.CheckConstraint(condition=Q(is_only=True), name="one_activation_of_the_seal")]

    def __str__(self) -> str:
        return str(self.expires_at)


class SigningIdentity(models.Model):
    """The NIK of an official who signs by BSrE, given by themselves; sealed under SECRET_KEY."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    sealed_nik = models.BinaryField()
    given_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("signing identity")
        verbose_name_plural = _("signing identities")

    def __str__(self) -> str:
        return str(self.person)
