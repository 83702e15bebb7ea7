"""What SIASN is told, once and rightly, whatever it answers. Promises R4, R5, R6, S10, S17."""

import logging
from contextlib import nullcontext
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from accounts.notices.models import Notice
from enrollments.certificates.models import Certificate
from enrollments.siasn import actions, client
from enrollments.siasn.actions import MOST_TRIES, PAUSES, SETTLED_AFTER, open_rows, sweep, try_again
from enrollments.siasn.models import AgencyMapping, CourseMapping, Posting, SiasnPerson, TypeMapping
from enrollments.siasn.sending import send_posting, send_waiting
from enrollments.siasn.tasks import sweep_all
from tests import make
from tests.cast import Cast, cast
from tests.enrollments.siasn import rows
from tests.siasn_server import INSTANSI, SiasnServer
from tests.world import PDF

pytestmark = pytest.mark.django_db
State, Reason = Posting.State, Posting.Reason


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def posting(people: Cast, connected: SiasnServer) -> Posting:
    """Of the learner of Dinas A, whom SIASN knows; 4.50 JP."""
    return rows.posting(rows.cohort(people.city, organiser=people.bkpsdm), people.learner, server=connected)


def sent(posting: Posting, *, after: timedelta = timedelta(seconds=1)) -> Posting:
    send_posting(posting.pk, timezone.now() + after)
    posting.refresh_from_db()
    return posting


def known() -> client.Connection:
    found = client.connection()
    assert found is not None
    return found


def failing_once(server: SiasnServer, word: str, fault: str, *, times: int = 1) -> None:
    """The next calls whose address has this word go wrong."""
    left = [times]

    def wrong(method: str, path: str) -> str:
        if word in path and left[0]:
            left[0] -= 1
            return fault
        return ""

    server.fault = wrong


def test_a_certificate_is_recorded_its_paper_hung_on_it_and_read_back(posting: Posting, connected: SiasnServer) -> None:
    assert sent(posting).state == State.VERIFIED
    [record] = connected.records.values()
    paper = posting.certificate
    assert {name: record[name] for name in record if name not in {"id", "_road", "pnsOrangId"}} == {
        "instansiId": INSTANSI,
        "jenisDiklatId": "3",
        "jenisKursus": "T",
        "jenisKursusSertipikat": "T",
        "namaKursus": paper.course_title,
        "institusiPenyelenggara": "BKPSDM",
        "lokasiId": "",
        "nomorSertipikat": paper.number,
        "jumlahJam": 4,
        "tahunKursus": 2026,
        "tanggalKursus": "27-02-2026",
        "tanggalSelesaiKursus": "02-03-2026",
        "path": [],
    }
    assert record["pnsOrangId"] == connected.people[str(paper.enrollment.learner.nip)]
    assert connected.papers == {posting.record_id: {rows.DOCUMENT: PDF}}
    assert (posting.record_id, posting.sent_jp) == (record["id"], 4)
    assert Certificate.objects.get().state == Certificate.State.SYNCED


def test_structural_training_goes_to_its_own_endpoint_with_its_own_fields(people: Cast, connected: SiasnServer) -> None:
    cohort = rows.cohort(people.city, organiser=people.bkpsdm, code="1", jp=Decimal(830))
    CourseMapping.objects.create(course=cohort.course, structural_id="LS-7", weight=5)
    posting = rows.posting(cohort, people.learner, server=connected)
    assert sent(posting).state == State.VERIFIED
    [record] = connected.records.values()
    assert record["_road"] == "diklat"
    assert {
        name: record[name] for name in ("latihanStrukturalId", "bobot", "jumlahJam", "tahun", "tanggal", "nomor")
    } == {
        "latihanStrukturalId": "LS-7",
        "bobot": 5,
        "jumlahJam": 830,
        "tahun": 2026,
        "tanggal": "27-02-2026",
        "nomor": posting.certificate.number,
    }


@pytest.mark.parametrize("spelled", ["{}", " {} ", "{:lower}", "{:spaced}"])
def test_what_somebody_typed_into_siasn_by_hand_is_found_and_not_recorded_twice(
    posting: Posting, connected: SiasnServer, spelled: str
) -> None:
    number = posting.certificate.number
    typed = {"{:lower}": number.lower(), "{:spaced}": number.replace("/", " / ")}.get(spelled) or spelled.format(number)
    nip = str(posting.certificate.enrollment.learner.nip)
    connected.records["by-hand"] = {
        "id": "by-hand", "_road": "kursus", "pnsOrangId": connected.people[nip], "nomorSertipikat": typed, "jumlahJam": 4
    }  # fmt: skip
    assert sent(posting).state == State.VERIFIED
    assert posting.record_id == "by-hand"
    assert list(connected.records) == ["by-hand"]


def test_another_certificate_of_the_same_person_is_not_taken_for_this_one(
    people: Cast, posting: Posting, connected: SiasnServer
) -> None:
    sent(posting)
    other = rows.posting(rows.cohort(people.city), people.learner, server=connected)
    assert sent(other).state == State.VERIFIED
    assert len(connected.records) == 2


def test_an_answer_that_never_came_is_looked_for_and_not_guessed(posting: Posting, connected: SiasnServer) -> None:
    """BKN saved the record and its answer was lost: whoever goes on finds it by its number."""
    failing_once(connected, "/kursus/save", "lost")
    assert sent(posting).state == State.PENDING
    assert posting.begun_at is not None
    again = posting.next_try_at - timezone.now() + timedelta(seconds=1)
    assert sent(posting, after=again).state == State.VERIFIED
    assert set(connected.written().values()) == {1}


def test_after_a_lost_answer_nothing_is_written_until_siasn_has_settled(
    posting: Posting, connected: SiasnServer
) -> None:
    """The call may still be on its way inside SIASN: not finding the record at once proves nothing."""
    failing_once(connected, "/kursus/save", "dead")
    begun = timezone.now()
    sent(posting)
    Posting.objects.update(next_try_at=begun)
    sent(posting, after=timedelta(seconds=20))
    assert (posting.state, connected.records) == (State.PENDING, {})
    assert posting.begun_at is not None
    assert posting.next_try_at >= posting.begun_at + SETTLED_AFTER
    sent(posting, after=posting.next_try_at - timezone.now() + timedelta(seconds=1))
    assert posting.state == State.VERIFIED
    assert set(connected.written().values()) == {1}


def test_a_paper_whose_upload_was_not_answered_is_not_uploaded_again(posting: Posting, connected: SiasnServer) -> None:
    failing_once(connected, "/upload-dok-rw", "lost")
    sent(posting)
    assert posting.state == State.SENT
    assert sent(posting, after=timedelta(minutes=2)).state == State.VERIFIED
    assert connected.asked("/upload-dok-rw") == 1


def test_refused_data_stop_the_row_and_officers_are_told_once_a_day_in_plain_words(
    people: Cast, posting: Posting, connected: SiasnServer
) -> None:
    connected.fault = lambda method, path: "400" if path == "/kursus/save" else ""
    connected.refuses = "Jumlah jam tidak sesuai untuk Rina Peserta"
    other = rows.posting(rows.cohort(people.city), people.learner, server=connected)
    for one in (posting, other):
        sent(one)
        assert (one.state, one.reason, one.begun_at) == (State.FAILED, Reason.REJECTED, None)
    assert posting.message == "Jumlah jam tidak sesuai untuk … … …"
    assert connected.records == {}
    assert [notice.person for notice in Notice.objects.filter(kind="siasn.hand")] == [people.officer]
    assert send_waiting(timezone.now() + timedelta(days=9)) == 0


@pytest.mark.parametrize("fault", ["401", "old", "credentials"])
def test_keys_that_ran_out_are_asked_for_anew_once_and_the_call_goes_on(
    posting: Posting, connected: SiasnServer, fault: str
) -> None:
    sent(posting)
    keys = connected.asked("token")
    Posting.objects.update(state=State.SENT, verified_at=None, begun_at=None)
    failing_once(connected, "/upload-dok-rw", fault)
    assert sent(posting).state == State.VERIFIED
    assert connected.asked("token") == keys + 2


def test_keys_that_siasn_has_forgotten_are_noticed_by_its_answer(posting: Posting, connected: SiasnServer) -> None:
    """They end earlier than was said: nobody but SIASN knows."""
    client.Siasn(known()).index(str(posting.certificate.enrollment.learner.nip))
    connected.keys.clear()
    assert sent(posting).state == State.VERIFIED


def test_keys_that_are_refused_even_when_new_are_not_asked_for_again_and_again(
    posting: Posting, connected: SiasnServer
) -> None:
    connected.fault = lambda method, path: "401" if path.startswith("/pns") else ""
    sent(posting)
    assert connected.asked("token") == 4
    assert connected.asked("/pns") == 2
    assert (posting.state, posting.tries) == (State.PENDING, 1)


def test_a_number_that_siasn_does_not_know_waits_for_a_hand(people: Cast, connected: SiasnServer) -> None:
    posting = rows.posting(rows.cohort(people.city, organiser=people.bkpsdm), people.learner)
    assert (sent(posting).state, posting.reason) == (State.FAILED, Reason.UNKNOWN)
    connected.knows(str(people.learner.nip))
    try_again(posting, by=people.officer)
    assert sent(posting).state == State.VERIFIED


def test_somebody_without_a_number_waits_for_a_hand(people: Cast, connected: SiasnServer) -> None:
    posting = rows.posting(rows.cohort(people.city), make.person(agency=people.a, nip=None))
    assert (sent(posting).state, posting.reason) == (State.FAILED, Reason.NO_NUMBER)
    assert connected.calls == []


@pytest.mark.parametrize("fault", ["502", "dead", "html"])
def test_while_siasn_is_away_the_row_is_tried_again_later_and_later_and_then_set_aside(
    people: Cast, posting: Posting, connected: SiasnServer, fault: str
) -> None:
    connected.fault = lambda method, path: fault if path.startswith("/pns") else ""
    now = timezone.now()
    for pause in PAUSES:
        assert send_posting(posting.pk, now) is False
        posting.refresh_from_db()
        assert (posting.state, posting.next_try_at) == (State.PENDING, now + pause)
        now += pause
    assert send_posting(posting.pk, now) is False
    posting.refresh_from_db()
    assert (posting.state, posting.reason, posting.tries) == (State.FAILED, Reason.AWAY, MOST_TRIES)
    assert Notice.objects.filter(kind="siasn.hand").count() == 1
    connected.fault = lambda method, path: ""
    try_again(posting, by=people.officer)
    assert sent(posting).state == State.VERIFIED


def test_while_siasn_is_away_the_others_are_left_in_peace(
    people: Cast, posting: Posting, connected: SiasnServer
) -> None:
    cohort = rows.cohort(people.city)
    for _one in range(3):
        rows.posting(cohort, server=connected)
    connected.fault = lambda method, path: "502"
    now = timezone.now() + timedelta(seconds=1)
    assert send_waiting(now) == 0
    assert Posting.objects.filter(tries=0).count() == 3
    assert sweep(now, None) is False  # it rests
    assert sweep(now + timedelta(minutes=6), None) is True


def test_a_row_whose_mapping_is_missing_waits_and_goes_on_once_it_is_there(people: Cast, posting: Posting) -> None:
    known = TypeMapping.objects.get()
    TypeMapping.objects.all().delete()
    assert send_posting(posting.pk, timezone.now() + timedelta(seconds=1)) is None
    posting.refresh_from_db()
    assert (posting.state, posting.tries) == (State.PENDING, 0)
    known.pk = None
    known.save()
    assert sent(posting).state == State.VERIFIED


def test_without_an_id_of_the_government_nothing_is_sent(posting: Posting, connected: SiasnServer) -> None:
    AgencyMapping.objects.all().delete()
    assert send_posting(None, timezone.now() + timedelta(seconds=1)) is None
    assert connected.calls == []


def test_structural_training_without_its_own_id_is_not_sent(people: Cast, connected: SiasnServer) -> None:
    posting = rows.posting(rows.cohort(people.city, code="1"), people.learner, server=connected)
    assert send_posting(posting.pk, timezone.now() + timedelta(seconds=1)) is None
    CourseMapping.objects.create(course=posting.certificate.enrollment.cohort.course, structural_id="LS-7")
    assert sent(posting).state == State.VERIFIED


def test_nothing_invented_is_ever_told_to_siasn(people: Cast, connected: SiasnServer) -> None:
    rows.posting(rows.cohort(people.city), people.learner, server=connected, is_demo=True)
    assert send_waiting(timezone.now() + timedelta(seconds=1)) == 0
    assert connected.calls == []


def test_an_installation_that_is_not_connected_sends_nothing(people: Cast, server: SiasnServer) -> None:
    posting = rows.posting(rows.cohort(people.city), people.learner, server=server)
    assert send_posting(posting.pk, timezone.now() + timedelta(seconds=1)) is None
    assert sweep(timezone.now() + timedelta(seconds=1), None) is False
    assert server.calls == []


def test_each_delivered_certificate_gets_one_row_however_often_is_looked(people: Cast) -> None:
    cohort = rows.cohort(people.city)
    for person in (people.learner, people.other_learner):
        rows.certificate(cohort, person)
    rows.certificate(cohort, people.head, state=Certificate.State.NUMBERED, drawn_at=None)
    assert open_rows() == 2
    assert open_rows() == 0
    assert Posting.objects.count() == 2
    assert set(Posting.objects.values_list("instansi", flat=True)) == {people.city.pk}


def test_what_was_delivered_before_yesterday_is_looked_for_a_few_times_a_day_only(people: Cast) -> None:
    """There are millions of them, and a sweep each half minute must not walk through all."""
    now, cohort = timezone.now(), rows.cohort(people.city)
    for person, days in ((people.learner, 0), (people.other_learner, 3)):
        rows.certificate(cohort, person, delivered_at=now - timedelta(days=days))
    sweep(now, None)
    assert set(Posting.objects.values_list("certificate__enrollment__learner", flat=True)) == {people.learner.pk}
    sweep_all()
    assert Posting.objects.count() == 2


def test_a_certificate_revoked_before_it_was_sent_stays_here(posting: Posting, connected: SiasnServer) -> None:
    Certificate.objects.update(state=Certificate.State.REVOKED, revoked_at=timezone.now())
    assert send_posting(posting.pk, timezone.now() + timedelta(seconds=1)) is None
    assert connected.calls == []


def test_a_certificate_revoked_after_it_was_sent_waits_for_a_hand(people: Cast, posting: Posting) -> None:
    sent(posting)
    Certificate.objects.update(state=Certificate.State.REVOKED, revoked_at=timezone.now())
    sweep(timezone.now(), None)
    posting.refresh_from_db()
    assert (posting.state, posting.reason) == (State.FAILED, Reason.REVOKED)
    assert Notice.objects.filter(kind="siasn.hand", person=people.officer).exists()


def test_something_else_under_the_same_number_is_not_called_ours(posting: Posting, connected: SiasnServer) -> None:
    nip = str(posting.certificate.enrollment.learner.nip)
    connected.records["by-hand"] = {
        "id": "by-hand", "_road": "kursus", "pnsOrangId": connected.people[nip],
        "nomorSertipikat": posting.certificate.number, "jumlahJam": 40,
    }  # fmt: skip
    assert (sent(posting).state, posting.reason) == (State.FAILED, Reason.MISMATCH)


def test_a_record_that_somebody_took_out_is_recorded_anew_when_an_officer_says_so(
    people: Cast, posting: Posting, connected: SiasnServer
) -> None:
    failing_once(connected, "/upload-dok-rw", "502")
    sent(posting)
    connected.records.clear()
    Posting.objects.update(state=State.UPLOADED, begun_at=None)
    sent(posting, after=timedelta(minutes=2))
    assert (posting.state, posting.reason) == (State.FAILED, Reason.GONE)
    try_again(posting, by=people.officer)
    assert sent(posting).state == State.VERIFIED
    assert len(connected.records) == 1


def test_whoever_lost_the_row_to_another_worker_writes_nothing(posting: Posting, connected: SiasnServer) -> None:
    """A worker that was silent too long wakes up after another one took its row."""
    now = timezone.now() + timedelta(seconds=1)
    slow = actions.claim(posting.pk, now)
    assert slow is not None
    Posting.objects.update(lease_until=Now() - timedelta(seconds=1))
    assert sent(posting).state == State.VERIFIED
    with pytest.raises(actions.Lost):
        actions.advance(slow, State.SENT, record_id="another")
    posting.refresh_from_db()
    assert posting.state == State.VERIFIED


def test_a_row_that_kills_its_workers_is_set_aside(people: Cast, posting: Posting) -> None:
    now = timezone.now() + timedelta(seconds=1)
    for _time in range(MOST_TRIES):
        assert actions.claim(posting.pk, now) is not None
        Posting.objects.update(lease_until=Now() - timedelta(seconds=1))
    assert actions.claim(posting.pk, now) is None
    posting.refresh_from_db()
    assert (posting.state, posting.reason) == (State.FAILED, Reason.BROKEN)


def test_neither_keys_nor_numbers_stand_in_a_log_a_table_or_an_error(
    posting: Posting, connected: SiasnServer, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever goes wrong, with SIASN or on our side."""
    nip = str(posting.certificate.enrollment.learner.nip)
    with caplog.at_level(logging.DEBUG):
        for fault in ("400", "401", "403", "404", "502", "dead", "lost", "html", ""):
            connected.fault = lambda method, path, fault=fault: fault if "token" not in path else ""  # type: ignore[misc]  # a bound default
            Posting.objects.update(
                state=State.PENDING, reason="", next_try_at=timezone.now(), lease_until=None, tries=0
            )
            sent(posting)
            hidden = {nip, *connected.secrets, *connected.people.values()}
            said = "\n".join(
                record.getMessage() for record in caplog.records if not record.name.startswith("django.db")
            )
            said += posting.message + "".join(str(entry.body) for entry in Notice.objects.all())
            assert not [word for word in hidden if word in said], fault
            with pytest.raises(client.Trouble) if fault else nullcontext() as caught:
                client.Siasn(known()).orang_id(nip)
            if caught is not None:
                assert not [word for word in hidden if word in f"{caught.value!r} {caught.value.__context__!r}"]
    assert posting.state == State.VERIFIED


def test_who_siasn_knows_is_asked_once_for_all_certificates(
    people: Cast, posting: Posting, connected: SiasnServer
) -> None:
    sent(posting)
    sent(rows.posting(rows.cohort(people.city), people.learner))
    assert connected.asked("data-utama") == 1
    assert SiasnPerson.objects.get().orang_id == connected.people[str(people.learner.nip)]
