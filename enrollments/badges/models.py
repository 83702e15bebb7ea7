"""Badges: who signs, with which key, and which bit says that a certificate was taken back."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.agencies.models import Agency
from enrollments.certificates.models import Certificate

# The least that W3C Bitstring Status List 1.0 (§6.1) allows: 16 KiB, so that fetching a list tells nobody whose bit is meant.
LIST_BITS = 131_072
# A list is left for the next one when half of it is taken: a random free index is then found at the second try.
LIST_ROOM = LIST_BITS // 2


class BadgeIssuer(models.Model):
    """An organiser as those know it who check badges. Made with its first badge; its name in addresses never changes."""

    organiser = models.OneToOneField(Agency, on_delete=models.PROTECT, related_name="+")
    # Stands in its decentralised identifier, e.g. did:web:lms.contoh.go.id:badges:medan-bkpsdm
    slug = models.SlugField(_("name in addresses"), max_length=50, unique=True)

    class Meta:
        verbose_name = _("issuer of badges")
        verbose_name_plural = _("issuers of badges")

    def __str__(self) -> str:
        return self.slug


class IssuerKey(models.Model):
    """An Ed25519 key of an issuer. A retired key signs nothing more; what it signed stays good as long as it is trusted."""

    issuer = models.ForeignKey(BadgeIssuer, on_delete=models.PROTECT, related_name="keys")
    # The public part as Multikey, e.g. z6Mk…
    public = models.CharField(_("public key"), max_length=60, unique=True)
    # The private part under a key derived from SECRET_KEY (asn_lms.lib.sealed); destroyed with retirement.
    sealed = models.BinaryField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(_("retired at"), null=True, blank=True)
    # Known to others than us: not in the issuer's document any more, so that nothing it signed is believed.
    is_betrayed = models.BooleanField(_("known to others"), default=False)

    class Meta:
        verbose_name = _("key of an issuer")
        verbose_name_plural = _("keys of issuers")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["issuer"], condition=Q(retired_at__isnull=True), name="issuer_signs_with_one_key"
            ),
            models.CheckConstraint(
                condition=Q(retired_at__isnull=True, sealed__isnull=False)
                | Q(retired_at__isnull=False, sealed__isnull=True),
                name="retired_key_has_no_private_part",
            ),
            models.CheckConstraint(
                condition=Q(is_betrayed=False) | Q(retired_at__isnull=False), name="betrayed_key_is_retired"
            ),
        ]

    def __str__(self) -> str:
        return self.public


class StatusList(models.Model):
    """131,072 bits at one public address; each belongs to one badge of this issuer, or to none."""

    issuer = models.ForeignKey(BadgeIssuer, on_delete=models.PROTECT, related_name="lists")
    number = models.PositiveIntegerField(_("number"))
    taken = models.PositiveIntegerField(_("bits in use"), default=0)

    class Meta:
        verbose_name = _("status list")
        verbose_name_plural = _("status lists")
        constraints = [
            models.UniqueConstraint(fields=["issuer", "number"], name="status_list_number_once_per_issuer"),
            models.CheckConstraint(condition=Q(taken__lte=LIST_ROOM), name="status_list_is_half_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.issuer} {self.number}"


class BadgeQuerySet(models.QuerySet["Badge"]):
    def standing(self) -> "BadgeQuerySet":
        """Of certificates that are issued and in force."""
        return self.filter(certificate__state__in=Certificate.READY)

    def revoked(self) -> "BadgeQuerySet":
        """Of certificates that were taken back, replaced or not."""
        return self.filter(certificate__state=Certificate.State.REVOKED)


class Badge(models.Model):
    """The bit of one certificate. The credential itself is not kept: it is signed anew from the frozen data each time."""

    certificate = models.OneToOneField(Certificate, on_delete=models.PROTECT, related_name="badge")
    status_list = models.ForeignKey(StatusList, on_delete=models.PROTECT, related_name="badges")
    index = models.PositiveIntegerField(_("place in the list"))
    created_at = models.DateTimeField(auto_now_add=True)

    objects = BadgeQuerySet.as_manager()

    class Meta:
        verbose_name = _("badge")
        verbose_name_plural = _("badges")
        constraints = [
            models.UniqueConstraint(fields=["status_list", "index"], name="status_index_once_per_list"),
            models.CheckConstraint(condition=Q(index__lt=LIST_BITS), name="status_index_is_within_the_list"),
        ]

    def __str__(self) -> str:
        return f"{self.status_list} {self.index}"
