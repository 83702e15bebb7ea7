"""XML that people send: no entity is unfolded, nothing outside is read, nobody is called (promise S5)."""

import ast
import io
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from asn_lms.embedded import ROOT
from asn_lms.lib.refusals import Refusal
from asn_lms.lib.sheets import open_sheet, write_xlsx
from enrollments.designs.logos import as_logo
from enrollments.signing.checking import SAYS, check

READERS = {"xml", "lxml", "defusedxml", "xmltodict", "bs4", "html5lib", "expat"}
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' if n else '<!ENTITY l0 "tawa tawa tawa">' for n in range(10))


@pytest.fixture
def knocks() -> Iterator[tuple[str, list[bytes]]]:
    """A server outside, and what it was asked."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as door:

        def answer() -> None:
            while True:
                try:
                    line, _who = door.accept()
                except OSError:
                    return
                asked.append(line.recv(100))
                line.close()

        threading.Thread(target=answer, daemon=True).start()
        yield f"http://127.0.0.1:{door.getsockname()[1]}/x.dtd", asked


def doctypes(outside: str, secret: Path) -> dict[str, str]:
    return {
        "laughs": f"<!DOCTYPE x [{LAUGHS}]>",
        "file": f'<!DOCTYPE x [<!ENTITY l9 SYSTEM "{secret.as_uri()}">]>',
        "network": f'<!DOCTYPE x [<!ENTITY l9 SYSTEM "{outside}">]>',
        "dtd": f'<!DOCTYPE x SYSTEM "{outside}">',
        "parameter": f'<!DOCTYPE x [<!ENTITY % p SYSTEM "{outside}"> %p;]>',
    }


def workbook(doctype: str, part: str) -> bytes:
    """A workbook of which one part begins with this document type, and asks for the entity `l9` in a cell."""
    whole, out = io.BytesIO(), io.BytesIO()
    write_xlsx(whole, ["nip", "kode"], [["KENARI", "KENARI"]])
    with ZipFile(whole) as source, ZipFile(out, "w") as archive:
        for name in source.namelist():
            text = source.read(name).decode()
            if name == part:
                head, _, rest = text.partition("?>")
                text = head + "?>" + doctype + rest.replace("KENARI", "&l9;")
            archive.writestr(name, text)
    return out.getvalue()


def cells(content: bytes) -> str:
    """What the first sheet says; empty when it is refused."""
    try:
        return str(open_sheet(io.BytesIO(content)).rows)
    except Refusal:
        return ""


@pytest.mark.parametrize("what", ["laughs", "file", "network", "dtd", "parameter"])
@pytest.mark.parametrize("part", ["xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "xl/workbook.xml"])
def test_a_workbook_unfolds_no_entity_reads_no_file_and_calls_nobody(
    what: str, part: str, tmp_path: Path, knocks: tuple[str, list[bytes]]
) -> None:
    secret = tmp_path / "rahasia"
    secret.write_text("isi rahasia")
    begun = time.process_time()
    said = cells(workbook(doctypes(knocks[0], secret)[what], part))
    assert time.process_time() - begun < 2
    assert "rahasia" not in said
    assert "tawa" not in said
    assert len(said) < 1000
    assert knocks[1] == []


def test_the_workbook_of_this_test_is_read_when_nothing_is_wrong_with_it() -> None:
    assert "&l9;" not in cells(workbook("", "none"))
    assert "KENARI" in cells(workbook("", "none"))


@pytest.mark.parametrize("what", ["laughs", "file", "network"])
def test_a_logo_in_svg_is_no_picture(what: str, tmp_path: Path, knocks: tuple[str, list[bytes]]) -> None:
    svg = (
        doctypes(knocks[0], tmp_path)[what] + f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{knocks[0]}"/>'
        "<text>&l9;</text></svg>"
    )
    with pytest.raises(Refusal):
        as_logo(svg.encode())
    assert knocks[1] == []


@pytest.mark.django_db
def test_what_a_strangers_paper_says_about_itself_in_xml_is_not_followed(
    paper_about: Any, knocks: tuple[str, list[bytes]], tmp_path: Path
) -> None:
    about = doctypes(knocks[0], tmp_path)
    for doctype in (about["laughs"], about["parameter"]):
        found = check(paper_about(doctype + "<x:xmpmeta xmlns:x='adobe:ns:meta/'>&l9;</x:xmpmeta>") + b"/ByteRange")
        assert not found.is_valid
        assert SAYS["slow"] not in found.reasons
    assert knocks[1] == []


@pytest.fixture
def paper_about() -> Any:
    from pypdf import PdfWriter
    from pypdf.generic import DecodedStreamObject, NameObject

    def make(xmp: str) -> bytes:
        writer = PdfWriter()
        writer.add_blank_page(100, 100)
        stream = DecodedStreamObject()
        stream.set_data(xmp.encode())
        stream.update({NameObject("/Type"): NameObject("/Metadata"), NameObject("/Subtype"): NameObject("/XML")})
        writer.root_object[NameObject("/Metadata")] = writer._add_object(stream)
        out = io.BytesIO()
        writer.write(out)
        return out.getvalue()

    return make


def test_no_source_of_ours_reads_xml_by_itself() -> None:
    """Who comes to need it (question banks, say) takes defusedxml, adds its door to the tests above, and its file here."""
    reading = set()
    for app in ("accounts", "courses", "enrollments", "asn_lms"):
        for file in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
                if READERS & {name.split(".")[0] for name in names}:
                    reading.add(str(file.relative_to(ROOT)))
    assert reading == set()
