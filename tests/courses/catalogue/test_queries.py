"""Finding a course."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from courses.catalogue.queries import course_page, published_courses
from courses.catalogue.search import words_of
from courses.structure.models import CourseVersion, Lesson
from courses.taxonomy.models import CompetencyKind
from tests import make

pytestmark = pytest.mark.django_db


def course(title: str, *, minutes: int = 30, **fields: Any) -> CourseVersion:
    row = make.version(title=title, published=False, lessons=1, **{"summary": "Hemat waktu.", **fields})
    Lesson.objects.filter(version=row).update(minutes=minutes)
    return make.publish(row)


def titles(search: str = "", *args: Any, **kwargs: Any) -> list[str]:
    return [card.title for card in published_courses(search, *args, **kwargs).cards]


def test_only_published_versions_are_in_the_catalogue() -> None:
    course("Pelayanan Prima")
    make.version(title="Pelayanan Draf", published=False)
    assert titles() == ["Pelayanan Prima"]


def test_words_are_found_by_their_stem_and_by_their_beginning() -> None:
    course("Melayani Warga dengan Hati", summary="Cara pelayanan di loket.")
    course("Arsip Digital")
    assert titles("layanan") == ["Melayani Warga dengan Hati"]
    assert titles("arsi") == ["Arsip Digital"]


def test_a_typing_error_still_finds_the_course() -> None:
    course("Manajemen Waktu")
    course("Sistem Informasi")
    assert titles("manajemn wakt") == ["Manajemen Waktu"]
    assert titles("menejemen") == ["Manajemen Waktu"]


def test_small_words_do_not_stand_in_the_way() -> None:
    course("Komunikasi Efektif dalam Pelayanan")
    assert words_of("kursus tentang komunikasi untuk pelayanan yang efektif") == ["komunikasi", "pelayanan", "efektif"]
    assert titles("kursus tentang komunikasi untuk pelayanan") == ["Komunikasi Efektif dalam Pelayanan"]
    assert words_of("yang untuk") == ["yang", "untuk"]


def test_a_word_in_the_title_weighs_more_than_one_in_the_description() -> None:
    course("Etika Kerja", description="Bicara juga tentang arsip.")
    course("Arsip Digital")
    assert titles("arsip") == ["Arsip Digital", "Etika Kerja"]


@pytest.mark.parametrize("text", ["'", "& | !", "a:*", "\\", "(", "drop table;--", "%", "ü" * 200, "\u0000x"])
def test_nothing_that_is_typed_breaks_the_search(text: str) -> None:
    course("Arsip Digital")
    client = Client()
    client.force_login(make.person())
    assert client.get(reverse("catalogue"), {"q": text, "after": text, "sort": text}).status_code == 200


def test_filters_narrow_and_several_of_one_sort_mean_one_of_them() -> None:
    manajerial, teknis = (CompetencyKind.objects.get(code=code) for code in ("manajerial", "teknis"))
    course("A", competency=manajerial, minutes=30)
    course("B", competency=teknis, minutes=120, language="en")
    course("C", competency=teknis, minutes=300)
    assert titles(competency="teknis", sort="title") == ["B", "C"]
    assert titles(competency=["teknis", "manajerial"], sort="title") == ["A", "B", "C"]
    assert titles(duration=["short"]) == ["A"]
    assert titles(duration=["short", "long"], sort="title") == ["A", "C"]
    assert titles(language="en") == ["B"]


def test_sixty_minutes_are_still_short() -> None:
    course("Pas", minutes=60)
    course("Lebih", minutes=61)
    assert titles(duration=["short"]) == ["Pas"]


@pytest.mark.parametrize("sort", ["newest", "shortest", "jp", "title", "match"])
def test_paging_shows_every_course_exactly_once(sort: str) -> None:
    for number in range(11):
        course(f"Arsip {number % 4}", jp=Decimal(number % 3), minutes=10 + number % 2)
    seen: list[int] = []
    after = ""
    for _page in range(5):
        found = published_courses("arsip" if sort == "match" else "", sort=sort, after=after, limit=3)
        assert found.total == 11
        seen += [card.version_id for card in found.cards]
        after = found.after
        if not after:
            break
    assert len(seen) == len(set(seen)) == 11


def test_the_catalogue_costs_the_same_for_3_and_for_30_courses() -> None:
    client = Client()
    client.force_login(make.person())
    counts = []
    for more in (3, 27):
        for number in range(more):
            course(f"Kursus {more} {number}")
        client.get(reverse("catalogue"))
        with CaptureQueriesContext(connection) as caught:
            page = client.get(reverse("catalogue"), {"q": "kursus ajaib"})
        assert page.status_code == 200
        counts.append(len(caught))
    assert counts[0] == counts[1] <= 12


def test_htmx_gets_the_results_alone() -> None:
    course("Arsip")
    client = Client()
    client.force_login(make.person())
    part = client.get(reverse("catalogue"), headers={"HX-Request": "true", "HX-Target": "results"}).content.decode()
    assert "<html" not in part
    assert "Arsip" in part


def test_an_empty_result_says_so_and_offers_a_way_on() -> None:
    client = Client()
    client.force_login(make.person())
    assert "Katalog masih kosong" in client.get(reverse("catalogue")).content.decode()
    course("Arsip")
    assert "zzzz" in client.get(reverse("catalogue"), {"q": "zzzz"}).content.decode()


def test_the_course_page_has_the_outline_in_order() -> None:
    row = course("Arsip")
    page = course_page(row.course.code)
    assert page is not None
    assert (page.title, page.minutes, page.lesson_count) == ("Arsip", 30, 1)
    assert [module.title for module in page.modules] == ["Modul 1"]
    assert course_page("TIDAK-ADA") is None


def test_a_card_says_how_the_learner_stands_and_leads_there() -> None:
    learner, at = make.person(), datetime(2026, 3, 2, 18, tzinfo=UTC)  # the third of March in Medan
    going, done, old, untaken = course("Arsip"), course("Surat"), course("Rapat"), course("Data")
    place = make.enrollment(learner=learner, cohort=make.cohort(version=going))
    finished = make.enrollment(learner=learner, cohort=make.cohort(version=done), status="completed", completed_at=at)
    make.enrollment(learner=learner, cohort=make.cohort(version=old), status="completed", completed_at=at)
    make.enrollment(learner=learner, cohort=make.cohort(version=untaken), status="withdrawn")
    make.enrollment(learner=make.person(), cohort=make.cohort(version=untaken))
    CourseVersion.objects.filter(pk=old.pk).update(state="retired", retired_at=at)
    newer = make.publish(make.version(course=old.course, title="Rapat", published=False))
    client = Client()
    client.force_login(learner)
    cards = client.get(reverse("catalogue")).content.decode().split('<li class="course">')[1:]
    shown = {title: next(card for card in cards if title in card) for title in ("Arsip", "Surat", newer.title, "Data")}
    assert "Sedang Anda ikuti" in shown["Arsip"]
    assert f'href="/learn/{place.pk}/"' in shown["Arsip"]
    assert "Selesai 3 Maret 2026" in shown["Surat"]
    assert f'href="/learn/{finished.pk}/finished/"' in shown["Surat"]
    # A newer version can be taken: that is decided on the course's page.
    assert "Selesai 3 Maret 2026" in shown["Rapat"]
    assert f'href="/courses/{old.course.code}/"' in shown["Rapat"]
    assert 'class="tag"' not in shown["Data"]
    assert f'href="/courses/{untaken.course.code}/"' in shown["Data"]
