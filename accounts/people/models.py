"""Civil servants and the others who sign in, with the history of their numbers, posts and units."""

from datetime import date
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.agencies.models import Agency
from asn_lms.lib.days import local_day
from asn_lms.lib.trees import below


class Rank(models.Model):
    """A golongan with its pangkat: rows, since law renames them. Source: BKN reference codes; PPPK golongan have no rank name."""

    class Scheme(models.TextChoices):
        PNS = "pns", "PNS"
        PPPK = "pppk", "PPPK"

    code = models.CharField(_("code"), max_length=10, unique=True)
    scheme = models.CharField(_("scheme"), max_length=4, choices=Scheme.choices)
    golongan = models.CharField(_("golongan"), max_length=10)
    name = models.CharField(_("pangkat"), max_length=60, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("rank")
        verbose_name_plural = _("ranks")
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["scheme", "golongan"], name="golongan_once_per_scheme")]

    def __str__(self) -> str:
        """ "Penata Muda / III/a" for PNS, "Golongan IX" for PPPK."""
        return f"{self.name} / {self.golongan}" if self.name else f"Golongan {self.golongan}"


def with_titles(name: str, before: str, after: str) -> str:
    """ "Dr. Rina Hasibuan, S.Kom."."""
    name = f"{before} {name}".strip()
    return f"{name}, {after}" if after else name


class UserManager(BaseUserManager["User"]):
    def create_user(self, nip: str | None = None, password: str | None = None, **fields: Any) -> "User":
        user = self.model(nip=nip, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, nip: str | None = None, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(nip, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(nip=username)


class UserQuerySet(models.QuerySet["User"]):
    def active(self) -> "UserQuerySet":
        return self.filter(is_active=True)

    def managed_by(self, user: Any) -> "UserQuerySet":
        """The people of the units in which this user is training officer or administrator."""
        return self.filter(below(user.reach("officer"), "agency__"))

    def learners(self) -> "UserQuerySet":
        """Everybody who can be counted as staff of an agency."""
        return self.filter(agency__isnull=False)


PeopleManager = UserManager.from_queryset(UserQuerySet)


class User(AbstractBaseUser, PermissionsMixin):
    """A person. The NIP or NI PPPK is an attribute that can change, never the key; its history is `PersonNumber`."""

    class Employment(models.TextChoices):
        PNS = "pns", "PNS"
        CPNS = "cpns", "CPNS"
        PPPK = "pppk", "PPPK"
        OTHER = "other", _("Other (not ASN)")

    class PostKind(models.TextChoices):
        JPT = "jpt", _("High leader (JPT)")
        ADMINISTRATOR = "administrator", _("Administrator")
        SUPERVISOR = "pengawas", _("Supervisor (pengawas)")
        FUNCTIONAL = "fungsional", _("Functional")
        STAFF = "pelaksana", _("Staff (pelaksana)")

    class Sex(models.TextChoices):
        MAN = "1", _("man")
        WOMAN = "2", _("woman")

    nip = models.CharField(_("NIP / NI PPPK"), max_length=18, unique=True, null=True, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    name = models.CharField(_("name"), max_length=150)
    title_before = models.CharField(_("title before the name"), max_length=60, blank=True)
    title_after = models.CharField(_("title after the name"), max_length=100, blank=True)
    employment = models.CharField(
        _("employment status"), max_length=5, choices=Employment.choices, default=Employment.PNS
    )
    rank = models.ForeignKey(
        Rank, verbose_name=_("golongan"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    post = models.CharField(_("post (jabatan)"), max_length=200, blank=True)
    post_kind = models.CharField(_("kind of post"), max_length=15, choices=PostKind.choices, default=PostKind.STAFF)
    agency = models.ForeignKey(
        Agency, verbose_name=_("unit"), null=True, blank=True, on_delete=models.PROTECT, related_name="people"
    )
    birth_place = models.CharField(_("place of birth"), max_length=100, blank=True)
    birth_on = models.DateField(_("date of birth"), null=True, blank=True)
    sex = models.CharField(_("sex"), max_length=1, choices=Sex.choices, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    language = models.CharField(
        _("language"), max_length=2, default="id", choices=[("id", _("Indonesian")), ("en", _("English"))]
    )
    wants_mail = models.BooleanField(_("reminders by e-mail"), default=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may open the technical admin"), default=False)
    is_demo = models.BooleanField(default=False, editable=False)
    deactivated_on = models.DateField(_("deactivated on"), null=True, blank=True)
    # A certain address came back as undeliverable; officers see it beside the person.
    mail_refused = models.CharField(max_length=200, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    # Part of what every session is signed with: one more, and the person is signed out everywhere.
    session_epoch = models.PositiveIntegerField(default=0, editable=False)

    # What every page asks about who is signed in. Read together with the person of a session (`person_of_session`, accounts/signin); None
    # where the person came from elsewhere, and then it is asked for when it is needed.
    may_bear_roles: bool | None = None
    owes_reading: bool | None = None
    unread_messages: int | None = None

    USERNAME_FIELD = "nip"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = PeopleManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(Upper("email"), condition=~Q(email=""), name="email_belongs_to_one_person"),
            models.CheckConstraint(
                condition=Q(nip__isnull=True) | Q(nip__regex=r"^[0-9]{18}$"), name="nip_is_18_digits"
            ),
            models.CheckConstraint(
                condition=Q(is_active=True) | Q(deactivated_on__isnull=False), name="deactivation_has_a_date"
            ),
        ]
        indexes = [
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="person_name_words"),
            GinIndex(OpClass("nip", name="gin_trgm_ops"), name="person_number_parts"),
            models.Index(Upper("name"), "id", name="person_by_name"),
            models.Index(fields=["agency", "name", "id"], name="person_by_unit"),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """The name with titles, as it is printed: "Dr. Rina Hasibuan, S.Kom."."""
        return with_titles(self.name, self.title_before, self.title_after)

    @property
    def zone(self) -> str:
        """The time zone in which this person's days are counted."""
        return str(self.agency.zone) if self.agency else Agency.Zone.WIB.value

    @property
    def is_counted_for_twenty_jp(self) -> bool:
        """Only active PNS have the yearly floor of 20 JP; 24 is a ceiling for PPPK, and CPNS are in Latsar."""
        return self.is_active and self.employment == self.Employment.PNS

    def grants_today(self) -> list[Any]:
        """The role grants that hold today in this person's zone, read once for each time the person is loaded."""
        kept: list[Any] | None = self.__dict__.get("_grants_today")
        if kept is None:
            has_any = self.is_active and self.may_bear_roles is not False
            kept = list(self.grants.effective(local_day(self.zone)).select_related("agency")) if has_any else []
            self.__dict__["_grants_today"] = kept
        return kept

    def reach(self, *roles: str) -> list[str]:
        """Tree paths of the units in which this person bears one of the roles today.

        An administrator's grant counts as every role but head and reviewer: seeing a unit's reports and judging content are
        duties of a named person. A superuser, made on the command line, is administrator of everything: the first key of an
        empty house.
        """
        wanted = set(roles)
        if wanted & {"officer", "trainer"}:
            wanted.add("admin")
        if self.is_superuser and self.is_active and "admin" in wanted:
            return [""]
        return [grant.agency.path for grant in self.grants_today() if grant.role in wanted]

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        return salted_hmac(
            "accounts.people.models.User", f"{self.password}.{self.session_epoch}", secret=secret, algorithm="sha256"
        ).hexdigest()

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0]


class PersonNumber(models.Model):
    """A number that a person bore. A number belongs to one person for ever, also after leaving."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="numbers")
    number = models.CharField(_("number"), max_length=18, unique=True)
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("number")
        verbose_name_plural = _("numbers")
        ordering = ["-from_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(until_on__isnull=True), name="person_bears_one_number_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"…{self.number[-3:]}"


class Placement(models.Model):
    """Where a person served, in which post and rank, from when until when. A transfer ends one row and begins the next."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="placements")
    agency = models.ForeignKey(Agency, verbose_name=_("unit"), on_delete=models.PROTECT, related_name="+")
    post = models.CharField(_("post (jabatan)"), max_length=200, blank=True)
    rank = models.ForeignKey(
        Rank, verbose_name=_("golongan"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    employment = models.CharField(_("employment status"), max_length=5, choices=User.Employment.choices)
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("placement")
        verbose_name_plural = _("placements")
        ordering = ["-from_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(until_on__isnull=True), name="person_serves_in_one_place_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
                name="placement_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post} · {self.agency}"

    def covers(self, day: date) -> bool:
        return self.from_on <= day and (self.until_on is None or day <= self.until_on)
