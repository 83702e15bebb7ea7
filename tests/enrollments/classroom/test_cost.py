"""What learners' pages cost at their fullest: eight statements and no more, whatever stands on them."""

from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from courses.files.models import MediaFile
from courses.lesson_kinds import kinds
from courses.lesson_kinds.video.models import VideoCaptions, VideoContent
from courses.structure.models import CourseVersion
from enrollments.attempts.actions import begin
from enrollments.certificates.actions import reserve_certificate
from enrollments.certificates.models import Certificate
from enrollments.surveys.actions import judge
from enrollments.surveys.models import Kind
from tests import make
from tests.enrollments.surveys.rows import answers, asking, completed, national
from tests.world import NOW, PDF

pytestmark = pytest.mark.django_db
MOST = 8


def looked_at(client: Client, path: str, most: Any) -> None:
    """The second visit counts: the first one fills what is kept for everybody (the price of a megabyte)."""
    client.get(path)
    with most(MOST):
        assert client.get(path).status_code == 200


@pytest.mark.parametrize("name", kinds.names())
def test_a_lesson_of_every_kind_that_was_begun_asks_at_most_eight(
    name: str, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    version = make.version(kind=name, lessons=2, published=False)
    if name == "video":
        _film(version)
    place = make.enrollment(cohort=make.cohort(version=make.publish(version)))
    lesson = version.lessons.order_by("position")[1]
    begin(place, lesson, by=place.learner)
    client.force_login(place.learner)
    looked_at(client, reverse("lesson", args=[place.pk, lesson.uid]), django_assert_max_num_queries)


def _film(version: CourseVersion) -> None:
    def media(name: str, content_type: str) -> MediaFile:
        facts = {"sha256": name, "name": name, "content_type": content_type, "size": 9, "file": name}
        return MediaFile.objects.create(seconds=60, **facts)

    for lesson in version.lessons.all():
        VideoContent.objects.filter(lesson=lesson).update(video=media("film.mp4", "video/mp4"))
        for language in ("id", "en"):
            said = "WEBVTT\n\n00:00.000 --> 00:01.000\nSelamat pagi.\n"
            VideoCaptions.objects.create(
                lesson=lesson, language=language, media=media("teks.vtt", "text/vtt"), text=said
            )


def paper(*, is_answered: bool) -> Certificate:
    """One that stands, of a course that asks about itself and a trainer before the download; and the next course is begun."""
    versions = national()
    cohort = asking(asks_before_download=True, organiser=make.agency())
    trainer = make.person("Tia Widyaiswara")
    cohort.trainers.add(trainer)
    place = completed(cohort=cohort)
    row: Certificate = make.certificate(place)
    row.state, row.drawn_at = Certificate.State.DELIVERED, NOW
    row.file.save("paper.pdf", ContentFile(PDF), save=False)
    row.save()
    make.credit(place.learner, 2, enrollment=place)
    make.enrollment(learner=place.learner)
    if is_answered:
        for kind, judged in ((Kind.COURSE, None), (Kind.TRAINER, trainer)):
            judge(place, versions[kind], answers(versions[kind]), trainer=judged, by=place.learner)
    return row


@pytest.mark.parametrize("is_answered", [False, True])
def test_certificates_ask_at_most_eight_also_where_questions_stand_before_them(
    is_answered: bool, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(paper(is_answered=is_answered).enrollment.learner)
    looked_at(client, reverse("certificates"), django_assert_max_num_queries)


def test_the_end_of_a_course_asks_at_most_eight_with_its_paper_and_with_a_name_to_confirm(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    place = paper(is_answered=True).enrollment
    client.force_login(place.learner)
    looked_at(client, reverse("finished", args=[place.pk]), django_assert_max_num_queries)
    asked = completed(learner=place.learner, cohort=make.cohort())
    reserve_certificate(asked, on=NOW.date())
    page = client.get(reverse("finished", args=[asked.pk])).content.decode()
    assert place.learner.full_name in page
    looked_at(client, reverse("finished", args=[asked.pk]), django_assert_max_num_queries)
