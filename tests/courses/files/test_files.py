"""Files of courses: what is taken, what is kept, and how it is served."""

import subprocess
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile, File
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfWriter

from accounts.jobs.models import Job
from asn_lms.lib.refusals import Refusal
from asn_lms.lib.uploads import PDF, PICTURES, VIDEOS
from courses.files.actions import keep_file, lighten_next, run_conversion
from courses.files.links import light_path, signed_path
from courses.files.models import MediaFile
from courses.files.ranges import Unsatisfiable, part_of
from courses.files.videos import ffmpeg, look_at

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_media_folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def picture(**options: object) -> SimpleUploadedFile:
    out = BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "KameraRahasia"
    exif[0x0112] = 6  # lies on its side
    Image.new("RGB", (200, 100), "red").save(out, "JPEG", exif=exif, **options)
    return SimpleUploadedFile("../../etc/foto.jpg", out.getvalue())


def pdf(pages: int = 3) -> "ContentFile[bytes]":
    out, writer = BytesIO(), PdfWriter()
    for _page in range(pages):
        writer.add_blank_page(200, 200)
    writer.write(out)
    return ContentFile(out.getvalue(), name="pedoman.pdf")


@pytest.fixture(scope="session")
def films(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Three short films: light, heavy to index (its index stands at the end), and too tall for a phone's data."""
    folder = tmp_path_factory.mktemp("films")
    made = {name: folder / f"{name}.mp4" for name in ("light", "late", "large")}
    sizes = {"light": "320x240", "late": "320x240", "large": "1280x720"}
    for name, path in made.items():
        quality = ["-crf", "0"] if name == "large" else []
        order = [] if name == "late" else ["-movflags", "+faststart"]
        subprocess.run(
            [
                *(ffmpeg(), "-y", "-f", "lavfi", "-i", f"testsrc2=size={sizes[name]}:rate=15:duration=2"),
                *("-pix_fmt", "yuv420p", "-c:v", "libx264", *quality, *order, str(path)),
            ],
            check=True,
            capture_output=True,
        )
    return made


def test_a_picture_loses_what_the_camera_wrote_and_stands_upright() -> None:
    row = keep_file(picture(), by=None, allowed=PICTURES)
    assert (row.width, row.height) == (100, 200)
    assert row.content_type == "image/webp"
    assert b"KameraRahasia" not in row.file.read()


def test_a_name_never_leads_out_of_the_media_folder() -> None:
    row = keep_file(picture(), by=None, allowed=PICTURES)
    assert row.name == "foto.webp"
    assert row.file.name == f"courses/{row.sha256[:2]}/{row.sha256}/foto.webp"


def test_the_same_content_is_stored_once() -> None:
    first, second = (keep_file(picture(), by=None, allowed=PICTURES) for _time in range(2))
    assert first.pk != second.pk
    assert first.file.name == second.file.name


@pytest.mark.parametrize(
    "content",
    [b"", b"<html><script>alert(1)</script>", b"MZ\x90\x00program", b"<svg xmlns='http://www.w3.org/2000/svg'/>"],
)
def test_a_file_is_judged_by_its_content(content: bytes) -> None:
    with pytest.raises(Refusal):
        keep_file(SimpleUploadedFile("gambar.png", content, "image/png"), by=None, allowed=PICTURES)


def test_a_damaged_picture_and_a_damaged_pdf_are_refused_in_a_sentence() -> None:
    whole = picture().read()
    with pytest.raises(Refusal):
        keep_file(SimpleUploadedFile("a.jpg", whole[:400]), by=None, allowed=PICTURES)
    with pytest.raises(Refusal):
        keep_file(SimpleUploadedFile("a.pdf", b"%PDF-1.7\n%rusak"), by=None, allowed={PDF})


def test_pages_of_a_document_are_counted() -> None:
    assert keep_file(pdf(3), by=None, allowed={PDF}).pages == 3


def test_a_light_film_is_kept_as_it_is(films: dict[str, Path]) -> None:
    with films["light"].open("rb") as file:
        row = keep_file(File(file, name="film.mp4"), by=None, allowed=VIDEOS)
    assert row.is_ready
    assert float(row.seconds) == pytest.approx(2, abs=0.1)
    assert row.size == films["light"].stat().st_size


@pytest.mark.parametrize("name", ["late", "large"])
def test_a_heavy_film_is_made_light_before_anybody_sees_it(films: dict[str, Path], name: str, client: Client) -> None:
    with films[name].open("rb") as file:
        row = keep_file(File(file, name="film.mp4"), by=None, allowed=VIDEOS)
    assert not row.is_ready
    assert client.get(signed_path(row)).status_code == 404
    (job,) = Job.objects.filter(task="files.convert_video")
    run_conversion(job.pk)
    run_conversion(job.pk)  # a second message from the broker
    row.refresh_from_db()
    assert row.is_ready
    assert row.height <= 480
    assert look_at(Path(row.file.path), "video/mp4").starts_at_once
    assert client.get(signed_path(row)).status_code == 200


def test_a_signed_link_works_without_signing_in_and_a_forged_one_does_not(client: Client) -> None:
    row = keep_file(pdf(), by=None, allowed={PDF})
    path = signed_path(row)
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert not answer.cookies
    assert client.get(path.replace("/files/", "/files/a")).status_code == 404


def test_a_link_ends_when_its_time_is_over(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    row = keep_file(pdf(), by=None, allowed={PDF})
    path = signed_path(row, seconds=60)
    later = timezone.now() + timedelta(hours=2)
    monkeypatch.setattr("courses.files.links.timezone.now", lambda: later)
    assert client.get(path).status_code == 404


def test_what_is_not_meant_to_be_shown_is_only_downloaded_and_sandboxed(client: Client) -> None:
    row = MediaFile.objects.create(sha256="a" * 64, name="x.html", content_type="text/html", size=3)
    row.file.save("x.html", ContentFile(b"<b>"))
    answer = client.get(signed_path(row))
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Security-Policy"].startswith("sandbox")


def test_a_player_gets_the_part_it_asks_for(client: Client) -> None:
    row = keep_file(pdf(), by=None, allowed={PDF})
    whole = row.file.read()
    path = signed_path(row)
    part = client.get(path, headers={"Range": "bytes=5-9"})
    assert part.status_code == 206
    assert part["Content-Range"] == f"bytes 5-9/{row.size}"
    assert part.getvalue() == whole[5:10]
    assert client.get(path, headers={"Range": f"bytes={row.size}-"}).status_code == 416
    fresh = client.get(path, headers={"If-None-Match": part["ETag"]})
    assert fresh.status_code == 304


@given(st.integers(0, 5000), st.integers(0, 6000), st.integers(0, 6000))
def test_a_part_never_leaves_the_file(size: int, first: int, last: int) -> None:
    for header in (f"bytes={first}-{last}", f"bytes={first}-", f"bytes=-{last}"):
        try:
            part = part_of(header, size)
        except Unsatisfiable:
            continue
        assert part is None or 0 <= part[0] <= part[1] < size


# --- light versions ---

SOON = datetime(2026, 3, 5, 5, tzinfo=UTC)


def photo(width: int) -> SimpleUploadedFile:
    """Every dot another colour, so that it weighs something."""
    out = BytesIO()
    Image.effect_noise((width, width // 2), 60).convert("RGB").save(out, "JPEG")
    return SimpleUploadedFile("loket.jpg", out.getvalue())


def kept_film(films: dict[str, Path], name: str = "large") -> MediaFile:
    with films[name].open("rb") as file:
        row = keep_file(File(file, name="film.mp4"), by=None, allowed=VIDEOS)
    for job in Job.objects.filter(task="files.convert_video"):
        run_conversion(job.pk)
    row.refresh_from_db()
    return row


@pytest.fixture
def _any_film_is_heavy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("courses.files.models.LIGHT_FROM", 1)


def test_a_wide_picture_has_a_narrow_version_of_its_own_address(client: Client) -> None:
    row = keep_file(photo(1600), by=None, allowed=PICTURES)
    assert 0 < row.light_size < row.size
    whole, light = client.get(signed_path(row)), client.get(light_path(row))
    narrow = light.getvalue()
    assert (len(whole.getvalue()), len(narrow)) == (row.size, row.light_size)
    assert whole["ETag"] != light["ETag"]
    with Image.open(BytesIO(narrow)) as seen:
        assert (seen.format, seen.width) == ("WEBP", 720)


def test_a_narrow_picture_has_no_light_version_and_its_address_gives_the_whole(client: Client) -> None:
    row = keep_file(photo(700), by=None, allowed=PICTURES)
    assert (row.light_size, light_path(row)) == (0, "")
    assert len(client.get(f"{signed_path(row)}?light").getvalue()) == row.size


def test_the_same_picture_again_shares_its_light_version() -> None:
    first, second = (keep_file(photo_of_one_kind(), by=None, allowed=PICTURES) for _ in range(2))
    assert first.light.name == second.light.name
    assert second.light_size == first.light_size > 0


def photo_of_one_kind() -> SimpleUploadedFile:
    out = BytesIO()
    Image.linear_gradient("L").resize((1600, 800)).convert("RGB").save(out, "PNG")
    return SimpleUploadedFile("papan.png", out.getvalue())


@pytest.mark.usefixtures("_any_film_is_heavy")
def test_a_film_gets_its_light_version_once_and_players_get_parts_of_it(films: dict[str, Path], client: Client) -> None:
    row = kept_film(films)
    before = row.file.name
    assert lighten_next(SOON) == row
    assert lighten_next(SOON) is None
    row.refresh_from_db()
    assert (row.file.name, row.is_ready) == (before, True)
    assert 0 < row.light_size < row.size
    seen = look_at(Path(row.light.path), "video/mp4")
    assert (seen.height, seen.starts_at_once) == (240, True)
    part = client.get(light_path(row), headers={"Range": "bytes=5-9"})
    assert (part.status_code, part["Content-Range"]) == (206, f"bytes 5-9/{row.light_size}")


def test_a_film_below_one_megabyte_is_light_enough(films: dict[str, Path]) -> None:
    assert kept_film(films, "light").size < 1024 * 1024
    assert lighten_next(SOON) is None


@pytest.mark.usefixtures("_any_film_is_heavy")
def test_a_worker_that_dies_leaves_the_film_to_another_after_an_hour(
    films: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = kept_film(films)

    def killed(source: Path, target: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("courses.files.videos.lighten", killed)
        with pytest.raises(KeyboardInterrupt):
            lighten_next(SOON)
    assert lighten_next(SOON + timedelta(minutes=59)) is None
    assert lighten_next(SOON + timedelta(minutes=61)) == row


@pytest.mark.usefixtures("_any_film_is_heavy")
def test_a_film_that_cannot_be_made_light_is_tried_three_times_and_stays_as_it_is(
    films: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = kept_film(films)

    def refused(source: Path, target: Path) -> None:
        raise Refusal("x")

    monkeypatch.setattr("courses.files.videos.lighten", refused)
    tried = [lighten_next(SOON + timedelta(hours=2 * hour)) for hour in range(5)]
    assert tried == [row, row, row, None, None]
    row.refresh_from_db()
    assert (row.is_ready, row.light_size) == (True, 0)
