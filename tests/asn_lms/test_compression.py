"""Pages go out compressed, and nothing else does."""

import gzip
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import Client, RequestFactory
from django.urls import reverse

from asn_lms.lib.compression import CompressionMiddleware
from courses.files.links import signed_path
from courses.files.models import MediaFile
from tests.cast import cast

PACKED = {"Accept-Encoding": "gzip, deflate, br"}
LONG = "Belajar. " * 500


def through(answer: HttpResponseBase, **headers: str) -> Any:
    middleware = CompressionMiddleware(lambda request: answer)
    return middleware(RequestFactory().get("/", headers=headers or PACKED))


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "application/json", "application/problem+json"])
def test_text_goes_out_smaller_and_is_the_same_again(kind: str) -> None:
    answer = through(HttpResponse(LONG, content_type=kind))
    assert answer["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer["Vary"]
    assert int(answer["Content-Length"]) == len(answer.content) < len(LONG) / 4
    assert gzip.decompress(answer.content).decode() == LONG


def test_who_does_not_ask_for_it_gets_it_as_it_is() -> None:
    answer = through(HttpResponse(LONG), **{"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in answer
    assert answer.content.decode() == LONG


@pytest.mark.parametrize("kind", ["application/pdf", "image/webp", "video/mp4", "text/csv"])
def test_papers_pictures_films_and_files_stay_as_they_are(kind: str) -> None:
    assert "Content-Encoding" not in through(HttpResponse(LONG, content_type=kind))


def test_what_streams_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "x.html").write_text(LONG)
    for answer in (
        StreamingHttpResponse(iter([LONG.encode()]), content_type="text/html"),
        FileResponse((tmp_path / "x.html").open("rb")),
    ):
        assert "Content-Encoding" not in through(answer)


def test_the_length_of_the_same_page_does_not_tell_what_stands_in_it() -> None:
    assert len({len(through(HttpResponse(LONG)).content) for _ in range(40)}) > 1


@pytest.mark.django_db
def test_a_part_of_a_file_is_that_part_also_for_browsers_that_unpack(
    client: Client, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    row = MediaFile(sha256="c" * 64, name="a.vtt", content_type="text/vtt", size=len(LONG))
    row.file.save("a.vtt", ContentFile(LONG.encode()))
    part = client.get(signed_path(row), headers={**PACKED, "Range": "bytes=9-16"})
    assert (part.status_code, part.getvalue()) == (206, LONG[9:17].encode())
    assert "Content-Encoding" not in part


@pytest.mark.django_db
def test_the_first_page_of_a_learner_travels_in_a_few_kilobytes(client: Client) -> None:
    client.force_login(cast().learner)
    answer = client.get(reverse("home"), headers=PACKED)
    assert answer["Content-Encoding"] == "gzip"
    assert len(answer.content) < 15_000
    assert b"</html>" in gzip.decompress(answer.content)
