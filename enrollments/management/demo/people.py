"""Three thousand invented people. Numbers are valid in form and end in 9xx; nobody of this name and number exists."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from random import Random

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, make_password

from accounts.absences.models import Absence, Kind
from accounts.agencies.models import Agency
from accounts.people.models import PersonNumber, Placement, Rank, User
from accounts.roles.models import RoleGrant
from enrollments.management.demo.tree import City

PASSWORD = "Medan-Demo-2026"  # noqa: S105 - printed by `demo --accounts`
DOMAIN = "demo.contoh.go.id"

WOMEN = (
    "Rina", "Sari", "Dewi", "Lestari", "Maya", "Nurul", "Fitri", "Ayu", "Ratna", "Yuni", "Indah", "Siti", "Rosmawati", "Melati", "Kartika", "Dina",
    "Putri", "Wulan", "Tiurma", "Roslina", "Hotmaida", "Lamria", "Erna", "Sri", "Tuti", "Nuraini", "Zahra", "Halimah", "Mariani", "Linda", "Mei Lan",
    "Priya", "Anggi", "Debora", "Ester", "Magdalena", "Khairunnisa", "Rahmawati", "Suriani", "Wahyuni",
)  # fmt: skip
MEN = (
    "Budi", "Ahmad", "Rizky", "Hendra", "Joko", "Agus", "Fauzan", "Dedi", "Irwan", "Parlindungan", "Marihot", "Binsar", "Togar", "Ramli", "Syahrul",
    "Zulkifli", "Hasan", "Iqbal", "Bambang", "Eko", "Wahyu", "Ferry", "Andi", "Rudi", "Sahat", "Poltak", "Robert", "Daniel", "Samuel", "Wei Ming",
    "Ravi", "Arman", "Yusuf", "Taufik", "Surya", "Bayu", "Dimas", "Gunawan", "Halomoan", "Mangara",
)  # fmt: skip
FAMILY = (
    "Hasibuan", "Siregar", "Nasution", "Lubis", "Harahap", "Simanjuntak", "Sitompul", "Panjaitan", "Silalahi", "Tarigan", "Sembiring", "Ginting",
    "Perangin-angin", "Saragih", "Purba", "Damanik", "Sinaga", "Manurung", "Hutapea", "Pane", "Batubara", "Daulay", "Rangkuti", "Matondang",
    "Wibowo", "Santoso", "Pratama", "Kusuma", "Hidayat", "Rahman", "Tanjung", "Chaniago", "Koto", "Zebua", "Telaumbanua", "Laoli", "",
)  # fmt: skip
AFTER = (
    "S.Kom.",
    "S.E.",
    "S.Sos.",
    "S.H.",
    "S.T.",
    "S.Pd.",
    "S.STP.",
    "A.Md.",
    "S.K.M.",
    "S.I.P.",
    "S.E., M.M.",
    "S.T., M.T.",
    "",
)
PLACES = (
    "Medan",
    "Binjai",
    "Deli Serdang",
    "Pematangsiantar",
    "Tebing Tinggi",
    "Kisaran",
    "Kabanjahe",
    "Sibolga",
    "Padangsidimpuan",
    "Banda Aceh",
)
POSTS = (
    ("Analis Kebijakan Ahli Muda", "fungsional"), ("Pranata Komputer Ahli Pertama", "fungsional"), ("Pranata Komputer Ahli Muda", "fungsional"),
    ("Arsiparis Terampil", "fungsional"), ("Analis SDM Aparatur Ahli Pertama", "fungsional"), ("Perencana Ahli Muda", "fungsional"),
    ("Penata Layanan Operasional", "pelaksana"), ("Pengadministrasi Perkantoran", "pelaksana"), ("Pengelola Layanan Operasional", "pelaksana"),
    ("Penelaah Teknis Kebijakan", "pelaksana"), ("Pengolah Data dan Informasi", "pelaksana"),
)  # fmt: skip
IN_HEALTH = (
    ("Perawat Terampil", "fungsional"),
    ("Bidan Mahir", "fungsional"),
    ("Dokter Ahli Pertama", "fungsional"),
    ("Epidemiolog Kesehatan Ahli Pertama", "fungsional"),
)
IN_SCHOOLS = (
    ("Guru Ahli Pertama", "fungsional"),
    ("Guru Ahli Muda", "fungsional"),
    ("Penata Layanan Operasional", "pelaksana"),
)


@dataclass(frozen=True)
class Account:
    """A demo account that one can sign in with."""

    role: str
    email: str
    name: str
    office: str
    grant: str = ""
    # The whole city, or the account's own office
    whole_city: bool = False
    sex: str = "1"
    after: str = ""
    post: str = ""
    post_kind: str = "pelaksana"


ACCOUNTS = (
    Account("learner", f"peserta@{DOMAIN}", "Rina Hasibuan", "DISKOMINFO", sex="2", after="S.Kom.", post="Pranata Komputer Ahli Muda", post_kind="fungsional"),
    Account("officer", f"petugas@{DOMAIN}", "Dewi Lubis", "BKPSDM", "officer", True, "2", "S.Sos.", "Analis SDM Aparatur Ahli Muda", "fungsional"),
    Account("reviewer", f"penelaah@{DOMAIN}", "Togar Simanjuntak", "BKPSDM", "reviewer", True, "1", "S.Pd., M.Pd.", "Widyaiswara Ahli Madya", "fungsional"),
    Account("trainer", f"widyaiswara@{DOMAIN}", "Nurul Siregar", "BKPSDM", "trainer", True, "2", "S.E., M.M.", "Widyaiswara Ahli Muda", "fungsional"),
    Account("head", f"kepala.diskominfo@{DOMAIN}", "Hendra Sitompul", "DISKOMINFO", "head", False, "1", "S.T., M.T.", "Kepala Dinas Komunikasi dan Informatika", "jpt"),
    Account("other_head", f"kepala.dinkes@{DOMAIN}", "Ratna Tarigan", "DINKES", "head", False, "2", "S.K.M., M.Kes.", "Kepala Dinas Kesehatan", "jpt"),
    Account("admin", f"admin@{DOMAIN}", "Fauzan Nasution", "BKPSDM", "admin", True, "1", "S.Kom.", "Pranata Komputer Ahli Muda", "fungsional"),
)  # fmt: skip


@dataclass
class Crowd:
    """Who was written: everybody by office, and the accounts by role."""

    by_office: dict[str, list[User]] = field(default_factory=dict)
    accounts: dict[str, User] = field(default_factory=dict)

    def everybody(self) -> list[User]:
        return [person for people in self.by_office.values() for person in people]


class Numbers:
    """NIP and NI PPPK that are valid in form, each once, with a sequence of 9xx."""

    def __init__(self, dice: Random) -> None:
        self.dice = dice
        self.given: set[str] = set()

    def take(self, born: date, sex: str, employment: str, today: date) -> str:
        for sequence in range(901, 1000):
            if employment == User.Employment.PPPK:
                middle = f"{self.dice.randint(2021, today.year - 1)}21"
            else:
                first = (
                    today.year - 1
                    if employment == User.Employment.CPNS
                    else self.dice.randint(born.year + 21, min(born.year + 30, today.year - 2))
                )
                middle = f"{first}{self.dice.choice([1, 3, 4, 12]):02d}"
            number = f"{born:%Y%m%d}{middle}{sex}{sequence}"
            if number not in self.given:
                self.given.add(number)
                return number
        raise LookupError("no free number for this birth date")


def write_people(city: City, dice: Random, today: date) -> Crowd:
    """Write people, their numbers, placements and roles."""
    ranks = {rank.code: rank for rank in Rank.objects.all()}
    numbers = Numbers(dice)
    crowd = Crowd()
    people: list[User] = []
    emails: dict[str, int] = {}
    for code, plan in city.plans.items():
        named = [account for account in ACCOUNTS if account.office == code]
        places = [city.offices[code], *city.units[code]]
        here = [_account(account, city, ranks, numbers, dice, today) for account in named]
        crowd.accounts |= {account.role: person for account, person in zip(named, here, strict=True)}
        if not any(account.grant == "head" for account in named):
            here.append(_head(city.offices[code], ranks, numbers, dice, today, emails))
        here += [
            _person(dice.choice(places[1:] or places), code, ranks, numbers, dice, today, emails)
            for _ in range(plan.people - len(here))
        ]
        crowd.by_office[code] = here
        people += here
    User.objects.bulk_create(people, batch_size=1000)
    began = {person.pk: _began(person) for person in people}
    PersonNumber.objects.bulk_create(
        [PersonNumber(person=person, number=str(person.nip), from_on=began[person.pk]) for person in people],
        batch_size=1000,
    )
    Placement.objects.bulk_create(_placements(people, began, today), batch_size=1000)
    Absence.objects.bulk_create(_absences(people, crowd, today))
    _grant_roles(city, crowd, today)
    return crowd


def _placements(people: list[User], began: dict[int, date], today: date) -> Iterator[Placement]:
    """Most serve in one place; one in ninety came from another office this year, one in seventy joined in October."""
    for number, person in enumerate(people):
        since = max(began[person.pk], today - timedelta(days=1500))
        before = people[(number * 7 + 400) % len(people)].agency
        came = date(today.year, 2 + number % 8, 1)
        if number % 90 == 17 and since < came <= today and before != person.agency:
            yield _placement(person, before, since, came - timedelta(days=1))
            since = came
        elif number % 70 == 23 and today >= date(today.year, 10, 1):
            since = date(today.year, 10, 1)
        yield _placement(person, person.agency, since, None)


def _placement(person: User, agency: Agency | None, since: date, until: date | None) -> Placement:
    return Placement(
        person=person,
        agency=agency,
        post=person.post,
        rank=person.rank,
        employment=person.employment,
        from_on=since,
        until_on=until,
    )


def _absences(people: list[User], crowd: Crowd, today: date) -> list[Absence]:
    """One PNS in fifty is away for most of the year, by one reason after the other. None of the accounts is."""
    known = {person.pk for person in crowd.accounts.values()}
    away = [person for person in people[::50] if person.employment == User.Employment.PNS and person.pk not in known]
    return [
        Absence(
            person=person,
            kind=list(Kind)[number % len(Kind)],
            from_on=date(today.year, 1, 15),
            until_on=date(today.year, 9, 30),
            decree=f"SK DEMO/{number + 1}/{today.year}",
        )
        for number, person in enumerate(away)
    ]


def _began(person: User) -> date:
    nip = str(person.nip)
    month = int(nip[12:14]) if person.employment != User.Employment.PPPK else 1
    return date(int(nip[8:12]), month, 1)


def _grant_roles(city: City, crowd: Crowd, today: date) -> None:
    since = date(today.year - 1, 1, 2)
    basis = RoleGrant.Basis
    admin = crowd.accounts["admin"]
    grants = [
        RoleGrant(
            person=crowd.accounts[account.role],
            role=account.grant,
            agency=city.root if account.whole_city else city.offices[account.office],
            from_on=since,
            decree=f"SK Wali Kota {today.year - 1} (DEMO)",
            granted_by=None if account.role == "admin" else admin,
        )
        for account in ACCOUNTS
        if account.grant
    ]
    # The head acts for a vacant post below, too: so there is a team that serves directly under somebody.
    grants.append(
        RoleGrant(
            person=crowd.accounts["head"],
            role=RoleGrant.Role.HEAD,
            agency=crowd.accounts["learner"].agency,
            basis=basis.PLT,
            from_on=since,
            decree=f"SK Wali Kota {today.year - 1} (DEMO)",
            granted_by=admin,
        )
    )
    with_account = {account.office for account in ACCOUNTS if account.grant == "head"}
    for number, (code, people) in enumerate(crowd.by_office.items()):
        if code not in with_account:
            grants.append(
                RoleGrant(
                    person=next(person for person in people if person.post_kind in {"jpt", "administrator"}),
                    role=RoleGrant.Role.HEAD,
                    agency=city.offices[code],
                    basis=basis.PLT if number % 9 == 4 else basis.DEFINITIVE,
                    from_on=since,
                    decree=f"SK Wali Kota {today.year - 1} (DEMO)",
                    granted_by=admin,
                )
            )
    RoleGrant.objects.bulk_create(grants)


def _rank(ranks: dict[str, Rank], employment: str, dice: Random, post_kind: str) -> Rank:
    if employment == User.Employment.PPPK:
        return ranks[dice.choice(["P9", "P9", "P7", "P10", "P5"])]
    if post_kind == User.PostKind.JPT:
        return ranks[dice.choice(["42", "43"])]
    if post_kind == User.PostKind.ADMINISTRATOR:
        return ranks[dice.choice(["41", "42"])]
    if employment == User.Employment.CPNS:
        return ranks["31"]
    return ranks[dice.choice(["23", "24", "31", "31", "32", "32", "33", "34", "41"])]


@cache
def _password() -> str:
    """Hashed once: a hash is slow on purpose, and this password is known to everybody."""
    return make_password(PASSWORD)


def _account(account: Account, city: City, ranks: dict[str, Rank], numbers: Numbers, dice: Random, today: date) -> User:
    born = date(today.year - dice.randint(34, 50), dice.randint(1, 12), dice.randint(1, 28))
    unit = city.offices[account.office] if account.post_kind == "jpt" else city.units[account.office][2]
    return User(
        nip=numbers.take(born, account.sex, User.Employment.PNS, today),
        email=account.email,
        name=account.name,
        title_after=account.after,
        employment=User.Employment.PNS,
        rank=_rank(ranks, User.Employment.PNS, dice, account.post_kind) if account.post_kind == "jpt" else ranks["33"],
        post=account.post,
        post_kind=account.post_kind,
        agency=unit,
        birth_place="Medan",
        birth_on=born,
        sex=account.sex,
        is_demo=True,
        is_staff=account.role == "admin",
        password=_password(),
    )


def _head(
    office: Agency, ranks: dict[str, Rank], numbers: Numbers, dice: Random, today: date, emails: dict[str, int]
) -> User:
    is_district = office.code.startswith("MDN-KEC")
    kind = User.PostKind.ADMINISTRATOR if is_district else User.PostKind.JPT
    person = _somebody(dice, numbers, today, User.Employment.PNS, emails, ages=(42, 57))
    person.post = f"Camat {office.name.removeprefix('Kecamatan ')}" if is_district else f"Kepala {office.name}"
    person.post_kind, person.agency, person.rank = kind, office, _rank(ranks, person.employment, dice, kind)
    return person


def _person(
    unit: Agency, code: str, ranks: dict[str, Rank], numbers: Numbers, dice: Random, today: date, emails: dict[str, int]
) -> User:
    shares = (0.42, 0.52, 0.06) if code in {"DISDIK", "DINKES"} else (0.74, 0.2, 0.06)
    (employment,) = dice.choices([User.Employment.PNS, User.Employment.PPPK, User.Employment.CPNS], shares)
    person = _somebody(
        dice, numbers, today, employment, emails, ages=(23, 30) if employment == User.Employment.CPNS else (25, 57)
    )
    choices = (
        IN_SCHOOLS if code == "DISDIK" else IN_HEALTH + POSTS[-3:] if code in {"DINKES", "RSUDP", "RSUDB"} else POSTS
    )
    person.post, person.post_kind = dice.choice(choices)
    person.agency, person.rank = unit, _rank(ranks, employment, dice, person.post_kind)
    return person


def _somebody(
    dice: Random, numbers: Numbers, today: date, employment: str, emails: dict[str, int], ages: tuple[int, int]
) -> User:
    sex = dice.choice("12")
    first = dice.choice(MEN if sex == "1" else WOMEN)
    family = dice.choice(FAMILY)
    name = f"{first} {family}".strip()
    born = date(today.year - dice.randint(*ages), dice.randint(1, 12), dice.randint(1, 28))
    address = name.lower().replace(" ", ".").replace("-", "")
    emails[address] = emails.get(address, 0) + 1
    suffix = "" if emails[address] == 1 else str(emails[address])
    return User(
        nip=numbers.take(born, sex, employment, today),
        email=f"{address}{suffix}@{DOMAIN}" if dice.random() > 0.03 else "",
        name=name,
        title_after=dice.choice(AFTER),
        employment=employment,
        birth_place=dice.choice(PLACES),
        birth_on=born,
        sex=sex,
        is_demo=True,
        password=UNUSABLE_PASSWORD_PREFIX + f"{dice.getrandbits(200):x}",
    )
