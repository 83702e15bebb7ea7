"""A photograph is given by its person, cut to 3 × 4, and kept only as long as something needs it."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.people.models import User
from accounts.portraits import actions
from accounts.portraits.actions import give_portrait, take_portrait_back
from accounts.portraits.models import Portrait
from accounts.portraits.picture import SIZE, as_portrait
from accounts.roles.models import RoleGrant
from asn_lms.lib.refusals import Refusal
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def send(client: Client, content: bytes, **fields: str) -> Any:
    return client.post(reverse("my-portrait"), {"photo": SimpleUploadedFile("foto.jpg", content), **fields})


def of(person: User) -> Portrait | None:
    return Portrait.objects.current().filter(person=person).first()


def colour_at(content: bytes, x: float, y: float) -> tuple[int, ...]:
    with Image.open(io.BytesIO(content)) as picture:
        found = picture.getpixel((int(x * picture.width), int(y * picture.height)))
    assert isinstance(found, tuple)
    return found


@pytest.mark.parametrize("size", [(180, 240), (4000, 3000), (3000, 4000), (240, 4000)])
def test_whatever_its_shape_a_photograph_is_kept_as_three_by_four(size: tuple[int, int]) -> None:
    with Image.open(io.BytesIO(as_portrait(make.picture(*size)))) as kept:
        assert (kept.format, kept.size) == ("JPEG", SIZE)


def test_a_photograph_is_small_and_tells_nothing_of_the_camera() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Kamera Rahasia"
    kept = as_portrait(make.picture(kind="JPEG", exif=exif))
    assert b"Kamera" not in kept
    assert len(kept) < 60_000


def test_a_photograph_taken_with_the_phone_held_sideways_stands_upright() -> None:
    lying = Image.new("RGB", (800, 600), "white")
    lying.paste("red", (0, 0, 200, 600))  # its left edge is the top once it is turned by 90 degrees clockwise
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 6
    lying.save(out, "JPEG", exif=exif)
    red, _green, blue = colour_at(as_portrait(out.getvalue()), 0.5, 0.05)
    assert red > 200 > blue


def test_what_is_seen_through_is_white_on_paper() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (600, 800), (0, 0, 0, 0)).save(out, "PNG")
    assert min(colour_at(as_portrait(out.getvalue()), 0.5, 0.5)) > 250


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "kosong"),
        (b"%PDF-1.4 x", "PDF"),
        (make.picture(100, 100), "terlalu kecil"),
        (make.picture()[:200], "rusak"),
    ],
)
def test_what_is_no_photograph_gets_a_sentence_beside_the_field(client: Client, content: bytes, says: str) -> None:
    person = make.person()
    client.force_login(person)
    answer = send(client, content)
    assert answer.status_code == 422
    assert says in answer.context["form"].errors["photo"][0]
    assert of(person) is None


def test_a_new_photograph_takes_the_place_of_the_old_one_and_leaves_no_file(
    client: Client, media: Path, django_capture_on_commit_callbacks: Any
) -> None:
    client.force_login(make.person())
    for colour in ("red", "blue"):
        with django_capture_on_commit_callbacks(execute=True):
            send(client, make.picture(colour=colour))
    assert len(list(media.rglob("*.jpg"))) == Portrait.objects.count() == 1
    answer = client.get(reverse("my-portrait"))
    shown = client.get(reverse("portrait", args=[answer.context["portrait"].uid]))
    _red, _green, blue = colour_at(shown.getvalue(), 0.5, 0.5)
    assert blue > 200


def test_who_came_from_a_page_goes_back_there_but_never_to_another_site(client: Client) -> None:
    client.force_login(make.person())
    assert send(client, make.picture(), next="/certificates/")["Location"] == "/certificates/"
    assert send(client, make.picture(), next="https://elsewhere.example/")["Location"] == reverse("my-portrait")


def test_a_photograph_that_was_removed_is_gone_with_its_file(
    media: Path, django_capture_on_commit_callbacks: Any
) -> None:
    person = make.person()
    give_portrait(person, make.picture())
    with django_capture_on_commit_callbacks(execute=True):
        assert take_portrait_back(person)
    assert not list(media.rglob("*.jpg"))
    assert not take_portrait_back(person)


def test_a_refused_photograph_leaves_the_one_before() -> None:
    person = make.person()
    before = give_portrait(person, make.picture())
    with pytest.raises(Refusal):
        give_portrait(person, b"no picture")
    assert of(person) == before


def test_the_export_of_ones_own_data_holds_the_photograph(client: Client) -> None:
    person = make.person()
    give_portrait(person, make.picture())
    client.force_login(person)
    (kept,) = client.get(reverse("my-data") + "?format=json").json()["photographs"]
    assert kept["is_current"]
    assert kept["jpeg_base64"].startswith("/9j/")


def test_a_file_that_is_away_keeps_nobody_from_the_rest_of_their_data(client: Client, media: Path) -> None:
    person = make.person()
    give_portrait(person, make.picture())
    for file in media.rglob("*.jpg"):
        file.unlink()
    client.force_login(person)
    told = client.get(reverse("my-data") + "?format=json").json()
    assert told["photographs"][0]["jpeg_base64"] is None


def test_officers_of_the_unit_see_it_beside_the_person(client: Client) -> None:
    person = make.person()
    portrait = give_portrait(person, make.picture())
    client.force_login(make.person(role=RoleGrant.Role.OFFICER, over=person.agency))
    page = client.get(reverse("office-person", args=[person.pk])).content.decode()
    assert reverse("portrait", args=[portrait.uid]) in page


def test_a_photograph_that_could_not_be_written_down_leaves_no_file(media: Path, monkeypatch: Any) -> None:
    def breaks(*_args: Any, **_fields: Any) -> None:
        raise OSError

    monkeypatch.setattr(actions, "record", breaks)
    person = make.person()
    with pytest.raises(OSError):
        give_portrait(person, make.picture())
    assert of(person) is None
    assert not [path for path in media.rglob("*") if path.is_file()]
