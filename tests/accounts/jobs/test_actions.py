"""Promises of long work: nothing is lost when a worker dies, nothing is done twice, poison is set aside."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from accounts.jobs import actions
from accounts.jobs.actions import (
    LEASE,
    Cancelled,
    advance,
    cancel_job,
    claim_job,
    fail_job,
    finish_job,
    retry_job,
    start_job,
    sweep_jobs,
    tidy_jobs,
)
from accounts.jobs.models import Job
from accounts.notices.models import Notice
from accounts.notices.parked import tell_job_parked
from asn_lms.clock import JOBS
from asn_lms.lib.refusals import NotYours
from tests import make
from tests.cast import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """What workers were asked for."""
    asked: list[tuple[object, ...]] = []
    monkeypatch.setattr(actions, "later", lambda *args: asked.append(args))
    return asked


def claimed(job: Job) -> Job:
    held = claim_job(job.pk)
    assert held is not None
    return held


def test_a_job_is_held_by_one_worker_at_a_time(woken: list[Any]) -> None:
    job = start_job("people.check_import", "Kerja", owner=make.person())
    assert woken == [("people.check_import", job.pk)]
    assert claim_job(job.pk)
    assert claim_job(job.pk) is None


def test_a_dead_workers_job_is_up_again_within_a_minute(woken: list[Any]) -> None:
    job = start_job("people.check_import", "Kerja", owner=make.person())
    claimed(job)
    woken.clear()
    sweep = next(one for one in JOBS if one.task == "jobs.sweep")
    assert LEASE + sweep.every <= timedelta(seconds=60)
    assert sweep_jobs() == 0
    assert sweep_jobs(timezone.now() + LEASE + timedelta(seconds=1)) == 1
    assert woken == [("people.check_import", job.pk)]


def test_a_worker_that_lost_its_lease_changes_nothing_any_more(woken: list[Any]) -> None:
    job = start_job("people.check_import", "Kerja", owner=make.person())
    slow = claimed(job)
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    quick = claimed(job)
    with pytest.raises(Cancelled):
        advance(slow, 5, 10)
    with pytest.raises(Cancelled):
        finish_job(slow, result={"who": "slow"})
    advance(quick, 7, 10)
    finish_job(quick, result={"who": "quick"})
    job.refresh_from_db()
    assert (job.state, job.done, job.result) == (Job.State.DONE, 10, {"who": "quick"})


def test_a_poison_job_is_set_aside_after_five_tries_and_somebody_is_told(woken: list[Any]) -> None:
    job = start_job("people.check_import", "Racun", owner=make.person())
    for _try in range(5):
        claimed(job)
        Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert claim_job(job.pk) is None
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert job.error
    assert woken[-1] == ("notices.tell_job_parked", job.pk)
    assert sweep_jobs() == 0
    assert woken[-1] == ("notices.tell_job_parked", job.pk)


def test_the_owner_and_the_administrators_are_told_of_poison_once() -> None:
    who = cast()
    job = start_job("people.check_import", "Racun", owner=who.officer)
    for _again in range(2):
        tell_job_parked(job.pk)
    told = Notice.objects.filter(kind="job-parked")
    assert {notice.person for notice in told} == {who.officer, who.admin}
    assert told.count() == 2
    assert "Racun" in told[0].body


def test_stopping_ends_the_work_at_its_next_step(woken: list[Any]) -> None:
    owner = make.person()
    job = start_job("people.check_import", "Kerja", owner=owner)
    held = claimed(job)
    with pytest.raises(NotYours):
        cancel_job(job, by=make.person())
    cancel_job(job, by=owner)
    with pytest.raises(Cancelled):
        advance(held, 1, 2)


def test_failed_work_can_be_tried_again_by_its_owner(woken: list[Any]) -> None:
    owner = make.person()
    job = start_job("people.check_import", "Kerja", owner=owner)
    fail_job(claimed(job), "Kolom unit tidak ada.")
    retry_job(job, by=owner)
    assert claim_job(job.pk)


def test_a_result_is_fetched_by_its_owner_and_is_nothing_to_others(woken: list[Any], client: Client) -> None:
    owner, other = make.person(), make.person()
    job = start_job("people.check_import", "Kerja", owner=owner)
    finish_job(claimed(job), file=ContentFile(b"isi", name="hasil.xlsx"))
    client.force_login(other)
    for address in ("", "file/"):
        assert client.get(f"/jobs/{job.uid}/{address}").status_code == 404
    for address in ("cancel/", "retry/"):
        assert client.post(f"/jobs/{job.uid}/{address}").status_code == 404
    client.force_login(owner)
    answer = client.get(f"/jobs/{job.uid}/file/")
    assert b"".join(answer.streaming_content) == b"isi"  # type: ignore[attr-defined]
    assert "attachment" in answer["Content-Disposition"]
    assert client.get(f"/jobs/{job.uid}/").status_code == 200


def test_files_are_deleted_after_seven_days_and_counts_stay(woken: list[Any]) -> None:
    job = start_job("people.check_import", "Kerja", owner=make.person(), source=ContentFile(b"x", name="a.csv"))
    finish_job(
        claimed(job), result={"created": 3, "shown": [{"number": "1990"}]}, file=ContentFile(b"y", name="b.xlsx")
    )
    storage, names = job.source.storage, [job.source.name, Job.objects.get(pk=job.pk).file.name]
    assert tidy_jobs(timezone.now() + timedelta(days=6)) == 0
    assert tidy_jobs(timezone.now() + timedelta(days=8)) == 1
    assert not any(storage.exists(str(name)) for name in names)
    job.refresh_from_db()
    assert (job.result, bool(job.file), bool(job.source)) == ({"created": 3}, False, False)
