"""Whatever people did, each number that a head and an officer read, on a page, in a file and by REST, is what a recount by hand gives."""

import csv
import io
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from typing import Any
from unittest.mock import patch

from django.test import Client, override_settings
from django.utils import timezone, translation
from django.utils.translation import gettext
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from python_calamine import CalamineWorkbook

from accounts.agencies.models import Agency
from accounts.jobs.actions import claim_job
from accounts.people.actions import Service, deactivate_person, reactivate_person, transfer
from accounts.people.models import User
from accounts.roles.models import RoleGrant
from asn_lms.lib.refusals import Refusal
from enrollments.cohorts.models import Cohort
from enrollments.enrolling.actions import enroll, reschedule, withdraw
from enrollments.enrolling.models import Enrollment
from enrollments.progress.actions import finish_lesson
from enrollments.reports.actions import ask_for_export
from enrollments.reports.recount import differences
from enrollments.reports.tasks import write_export
from enrollments.standings import actions as standings
from enrollments.tallies.actions import fold
from tests import make
from tests.enrollments.reports.figures_by_hand import People, cohort_counts, percent

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
TODAY = date(2026, 11, 24)
FLOOR = 20
# The last minute of 2025 and the first of 2026 in Medan, the first of a month, which in UTC is still the month before, plain days, and one of the last seven.
MOMENTS = [
    datetime(2025, 12, 31, 16, 59, tzinfo=UTC),
    datetime(2025, 12, 31, 17, 0, tzinfo=UTC),
    datetime(2026, 2, 28, 17, 30, tzinfo=UTC),
    *(datetime(2026, month, 15, 4, tzinfo=UTC) for month in (3, 5, 6, 8, 10, 11)),
    datetime(2026, 11, 19, 4, tzinfo=UTC),
]
DEADLINES = [None, date(2025, 12, 30), date(2026, 4, 30), date(2026, 11, 23), TODAY, date(2026, 12, 31)]
steps = st.lists(
    st.tuples(
        st.sampled_from(
            ["enrol"] * 3 + ["complete"] * 3 + ["transfer"] * 2 + ["study", "withdraw", "postpone", "leave", "status"]
        ),
        st.integers(0, 3),
        st.integers(0, 2),
        st.integers(0, len(MOMENTS) - 1),
    ),
    min_size=12,
    max_size=40,
).map(lambda story: sorted(story, key=lambda step: step[3]))


class Office:
    """Two units, one below the other, and a third beside them; four learners, three courses, a head and an officer."""

    def __init__(self) -> None:
        city = make.agency("Kota Hitung", kind=Agency.Kind.INSTANSI)
        self.unit = make.agency("Dinas Hitung", parent=city, kind=Agency.Kind.OPD)
        self.section = make.agency("Seksi Hitung", parent=self.unit)
        self.beside = make.agency("Dinas Sebelah", parent=city, kind=Agency.Kind.OPD)
        self.units = [self.unit, self.section, self.beside]
        self.learners = [make.person(f"Pegawai {n}", agency=self.units[n % 3], is_staff=False) for n in range(4)]
        self.head = make.person("Kepala Hitung", agency=self.unit, role=RoleGrant.Role.HEAD)
        self.officer = make.person("Petugas Hitung", agency=self.beside, role=RoleGrant.Role.OFFICER, over=city)
        self.cohorts = [self._cohort(name, jp) for name, jp in (("Satu", 7), ("Dua", 13), ("Tiga", 20))]

    def _cohort(self, name: str, jp: int) -> Cohort:
        version = make.version(organiser=self.beside, title=f"Kursus {name}", jp=jp)
        return make.cohort(version=version, name=f"Angkatan {name}", seats=30, starts_on=date(2025, 12, 1))

    def live(self, story: list[tuple[str, int, int, int]]) -> None:
        """One step after the other, as the product does them; what it refuses does not happen."""
        for what, who, which, when in story:
            learner = User.objects.select_related("agency").get(pk=self.learners[who].pk)
            # Any place that is still learned, so that most steps find something to do.
            places = list(Enrollment.objects.active().filter(learner=learner).order_by("pk"))
            place = places[which % len(places)] if places else None
            with patch.object(timezone, "now", lambda at=MOMENTS[when]: at):
                try:
                    self._step(what, learner, which, when, place)
                except Refusal:
                    continue
            if when % 4 == 0:
                fold()
            if (who + which) % 3 == 0:
                standings.fold(1 + who)

    def _step(self, what: str, learner: User, which: int, when: int, place: Enrollment | None) -> None:
        now = MOMENTS[when]
        if what == "enrol":
            enroll(learner, self.cohorts[which], by=None, now=now)
        elif what == "leave":
            (deactivate_person if learner.is_active else reactivate_person)(learner, by=None)
        elif what == "transfer":
            service = Service(self.units[which], learner.post, learner.rank, learner.employment)
            transfer(learner, service, from_on=now.date(), by=None)
        elif what == "status":
            User.objects.filter(pk=learner.pk).update(employment=("pns", "pppk", "cpns")[which])
        elif place and what == "complete":
            for lesson in place.version.lessons.all():
                finish_lesson(place, lesson, now=now)
        elif place and what == "study":
            Enrollment.objects.filter(pk=place.pk).update(last_activity_at=now)
        elif place and what == "withdraw":
            withdraw(place, "Dinas luar", by=None, now=now)
        elif place and what == "postpone":
            reschedule(place, DEADLINES[when % len(DEADLINES)], by=self.officer)


class Tables(HTMLParser):
    """The tables of a page by their captions (or first heading), row by row, cell by cell; and the page's words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self.words: list[str] = []
        self._name, self._cell, self._in = "", "", ""
        self._rows: list[list[str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._name, self._rows = "", []
        elif tag == "tr":
            self._rows.append([])
        elif tag in {"caption", "td", "th"}:
            self._in, self._cell = tag, ""

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        self._cell += data

    def handle_endtag(self, tag: str) -> None:
        said = " ".join(self._cell.split())
        if tag == "caption":
            self._name = said
        elif tag in {"td", "th"} and self._in == tag:
            self._rows[-1].append(said)
            self._in = ""
        elif tag == "table":
            self.tables[self._name or self._rows[0][0]] = self._rows[1:]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def page_of(client: Client, path: str) -> Tables:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return Tables(answer.content.decode())


@override_settings(RATE_LIMITS=False)
class TestNumbers(TestCase):
    # Not made smaller when it fails: each story takes a second.
    @settings(max_examples=15, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow])
    @given(steps)
    def test_every_number_is_what_a_recount_by_hand_gives(self, story: list[tuple[str, int, int, int]]) -> None:
        office = Office()
        office.live(story)
        assert differences() == []
        with patch.object(timezone, "now", lambda: NOW), translation.override("id"):
            _the_page(office)
            _the_people(office)
            _the_book(office)
            _the_officers_lists(office)


def _below(office: Office) -> People:
    return People([office.unit.pk, office.section.pk], 2026)


def _months() -> list[date]:
    return [date(2026, number, 1) for number in range(1, 12)]


def _texts(numbers: tuple[int, ...]) -> list[str]:
    return [str(number) for number in numbers]


def _named(office: Office) -> list[tuple[str, People]]:
    """The rows by unit: those who serve in the unit itself, and the unit below where somebody serves there."""
    found = [("itself", People([office.unit.pk], 2026)), ("Seksi Hitung", People([office.section.pk], 2026))]
    return [(name, one) for name, one in found if sum(one.of(as_) for as_ in ("pns", "pppk", "cpns"))]


def _signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def _the_page(office: Office) -> None:
    people, client = _below(office), _signed_in(office.head)
    shown = page_of(client, "/reports/?year=2026")
    pns, reached = people.of("pns"), people.reached(FLOOR)
    assert f"{reached} dari {pns} PNS" in shown.text
    assert f"{percent(reached, pns)} {reached} dari" in shown.text
    assert f"{people.of('pppk')} PPPK" in shown.text
    assert f"{people.of('cpns')} CPNS" in shown.text
    assert f"{gettext('Studied within 7 days')} {people.studied(NOW)} pegawai" in shown.text
    by_unit = {row[0]: row[2:] for row in shown.tables[gettext("PNS who reached the target, by unit")]}
    places = {row[0]: row[1:] for row in shown.tables[gettext("Places by unit")]}
    rows = [(gettext("In the unit itself") if name == "itself" else name, one) for name, one in _named(office)]
    assert set(by_unit) == set(places) == {name for name, _one in rows}
    for name, one in rows:
        has, of = one.reached(FLOOR), one.of("pns")
        assert by_unit[name] == ([f"{has} dari {of}", percent(has, of)] if of else [gettext("no PNS"), "–"])
        assert places[name] == _texts(one.places(TODAY))
    months = [row[1:] for row in shown.tables[gettext("Places by month")]]
    assert months == [_texts(people.month(month, TODAY)) for month in _months()]
    line = [row[1:] for row in shown.tables["2026"]]
    ends = [people.reached_by(month, FLOOR) for month in _months()]
    assert line == [[str(number), percent(number, pns)] for number in ends]
    courses = {row[0]: row[1:] for row in shown.tables.get(gettext("Places by course"), [])}
    for cohort in office.cohorts:
        counted = people.places(TODAY, course=cohort.course_id)
        assert courses.get(cohort.version.title, ["0"] * 4) == _texts(counted)
    _by_rest(client, office, people)


def _by_rest(client: Client, office: Office, people: People) -> None:
    said = client.get("/api/v1/reports/completion", {"agency": office.unit.code, "year": "2026"}).json()
    assert [said["staff"][name] for name in ("pns", "pppk", "cpns")] == [
        people.of(one) for one in ("pns", "pppk", "cpns")
    ]
    assert said["staff"]["reached"] == people.reached(FLOOR)
    names = ("enrolled", "in_progress", "completed", "overdue")
    assert tuple(said["places"][name] for name in names) == people.places(TODAY)
    months = [tuple(int(float(row[name])) for name in (*names, "jp")) for row in said["months"]]
    assert months == [people.month(month, TODAY) for month in _months()]


def _the_people(office: Office) -> None:
    """Those below the target, who misses most first, with what is missing."""
    names = dict(User.objects.values_list("pk", "name"))
    short = {names[pk]: jp for pk, jp in _below(office).jp().items() if jp < FLOOR}
    shown = page_of(_signed_in(office.head), "/reports/people/?show=below")
    rows = shown.tables.get(gettext("JP of each person"), [])
    found = {row[0].split(" Pelaksana")[0]: row[2] for row in rows}
    assert found == {name: f"{jp} dari {FLOOR}" for name, jp in short.items()}
    assert [row[2] for row in rows] == [f"{jp} dari {FLOOR}" for jp in sorted(short.values())]


def _the_book(office: Office) -> None:
    """XLSX: every sheet. CSV: the same people."""
    people = _below(office)
    book = CalamineWorkbook.from_filelike(_file(office, "xlsx"))
    summary, units, courses, months, _kinds, staff = (
        book.get_sheet_by_index(number).to_python() for number in range(6)
    )
    said: dict[Any, Any] = {row[0]: row[1] for row in summary}
    pns, reached = people.of("pns"), people.reached(FLOOR)
    assert (said[gettext("Active PNS")], said[gettext("PNS below the target")]) == (pns, pns - reached)
    assert said[gettext("Studied within 7 days")] == people.studied(NOW)
    assert _as_percent(said[gettext("Share of the PNS (%)")]) == percent(reached, pns)
    assert {row[0]: _whole(row[8:]) for row in units[1:]} == {
        str(office.unit.name) if name == "itself" else name: _reordered(one.places(TODAY))
        for name, one in _named(office)
    }
    for row in units[1:]:
        one = People([office.unit.pk if row[0] == office.unit.name else office.section.pk], 2026)
        assert _whole((row[2], row[3], row[6], row[7])) == (
            one.of("pns"),
            one.reached(FLOOR),
            one.of("pppk"),
            one.of("cpns"),
        )
    by_code = {row[0]: _whole(row[2:]) for row in courses[1:]}
    for cohort in office.cohorts:
        counted = _reordered(people.places(TODAY, course=cohort.course_id))
        assert by_code.get(cohort.course.code, (0, 0, 0, 0)) == counted
    ends = [people.reached_by(month, FLOOR) for month in _months()]
    for row, month, has in zip(months[1:], _months(), ends, strict=True):
        enrolled, going, completed, overdue, jp = people.month(month, TODAY)
        assert _whole(row[1:7]) == (enrolled, completed, going, overdue, jp, has)
        assert _as_percent(row[7]) == percent(has, pns)
    jp_of = people.jp()
    by_nip = {str(row[1]): row for row in staff[1:]}
    lines = list(csv.reader(io.StringIO(_file(office, "csv").read().decode("utf-8-sig")), delimiter=";"))
    assert len(lines) == len(staff) == 1 + sum(people.of(one) for one in ("pns", "pppk", "cpns"))
    for person in User.objects.filter(pk__in=jp_of):
        row = by_nip[str(person.nip)]
        assert (row[5], row[6]) == (jp_of[person.pk], max(FLOOR - jp_of[person.pk], 0))
        line = next(one for one in lines if one[1] == f"'{person.nip}")
        assert [float(line[n].replace(",", ".")) for n in (5, 6, 7, 8, 9)] == [
            float(str(row[n])) for n in (5, 6, 7, 8, 9)
        ]


def _file(office: Office, form: str) -> io.BytesIO:
    job = claim_job(ask_for_export(office.unit, 2026, by=office.head, form=form).pk)
    assert job is not None
    file = io.BytesIO()
    write_export(job, file)
    file.seek(0)
    return file


def _whole(values: Any) -> tuple[int, ...]:
    return tuple(int(value) for value in values)


def _reordered(places: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """As the files print them: completed before in progress."""
    enrolled, going, completed, overdue = places
    return enrolled, completed, going, overdue


def _as_percent(value: Any) -> str:
    return "–" if value == "" else f"{value:g}".replace(".", ",") + "%"


def _the_officers_lists(office: Office) -> None:
    client = _signed_in(office.officer)
    listed = page_of(client, "/office/cohorts/")
    (rows,) = listed.tables.values()
    for cohort in office.cohorts:
        counts = cohort_counts(cohort.pk, TODAY)
        row = next(row for row in rows if str(cohort.name) in row[0])
        assert f"{counts['']} dari 30 terisi" in row[2]
        assert row[3] == f"{counts['completed']} dari {counts['']}"
        shown = page_of(client, f"/office/cohorts/{cohort.pk}/").text
        assert f"{counts['']} dari 30" in shown
        for name, label in (("active", "In progress"), ("overdue", "Overdue"), ("completed", "Completed")):
            if counts[name]:
                assert f"{gettext(label)} {counts[name]}" in shown
