"""Packages in and out from the screen, done by a worker."""

import io
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.jobs.actions import claim_job
from accounts.jobs.models import Job
from courses.packages.errands import run_export, run_import
from courses.packages.zipping import export_package
from courses.structure.models import Course, CourseVersion
from tests import make
from tests.cast import Cast, cast
from tests.courses.build import ready_draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def visitor(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def _package(people: Cast) -> bytes:
    buffer = io.BytesIO()
    draft = ready_draft(people.bkpsdm)
    export_package(draft, buffer)
    Course.objects.filter(pk=draft.course_id).update(code="SUDAH-PINDAH")
    return buffer.getvalue()


def _send(client: Client, people: Cast, content: bytes) -> Any:
    upload = SimpleUploadedFile("paket.zip", content, content_type="application/zip")
    return client.post(reverse("course-import"), {"file": upload, "organiser": people.bkpsdm.pk})


def _work() -> Job:
    job = Job.objects.get()
    claimed = claim_job(job.pk)
    assert claimed is not None
    (run_import if job.task == "packages.import" else run_export)(claimed)
    job.refresh_from_db()
    return job


def test_an_uploaded_package_becomes_a_draft_and_the_page_leads_to_it(people: Cast) -> None:
    client = visitor(people.officer)
    answer = _send(client, people, _package(people))
    assert answer.status_code == 302
    assert client.get(answer.url).status_code == 200
    job = _work()
    assert job.state == Job.State.DONE
    code = job.result["code"]
    assert CourseVersion.objects.get(course__code=code).state == CourseVersion.State.DRAFT
    assert reverse("course-outline", args=[code]) in client.get(answer.url).content.decode()


def test_what_is_wrong_with_a_package_stands_on_the_page_and_nothing_has_changed(people: Cast) -> None:
    client = visitor(people.officer)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("course.json", "{}")
        archive.writestr("../evil", "x")
    answer = _send(client, people, buffer.getvalue())
    job = _work()
    assert job.state == Job.State.FAILED
    assert "../evil" in client.get(answer.url).content.decode()
    assert Course.objects.count() == 0


@pytest.mark.parametrize("content", [b"", b"bukan zip", b"%PDF-1.4"])
def test_what_is_no_zip_is_refused_beside_the_field(people: Cast, content: bytes) -> None:
    page = _send(visitor(people.officer), people, content)
    assert page.status_code == 200
    assert page.context["form"].errors["file"]
    assert not Job.objects.exists()


def test_a_package_is_made_and_only_its_owner_downloads_it(people: Cast) -> None:
    client = visitor(people.officer)
    draft = ready_draft(people.bkpsdm)
    page = client.post(reverse("course-export", args=[draft.course.code])).url  # type: ignore[attr-defined]
    job = _work()
    assert job.state == Job.State.DONE
    got: Any = client.get(reverse("course-package-file", args=[job.uid]))
    expected = io.BytesIO()
    export_package(draft, expected)
    assert b"".join(got.streaming_content) == expected.getvalue()
    for somebody in (people.admin, people.reviewer, make.person()):
        assert visitor(somebody).get(page).status_code == 404
        assert visitor(somebody).get(reverse("course-package-file", args=[job.uid])).status_code == 404
