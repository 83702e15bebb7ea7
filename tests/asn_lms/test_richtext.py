"""Rich text: what people write reaches browsers without what could act there."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asn_lms.lib.richtext import Picture, pictures_in, render, tidy

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt&#58;alert(1))",
    "[a](data:text/html;base64,PHNjcmlwdD4=)",
    "![a](https://jahat.example/pixel.png)",
    '![a" onerror="alert(1)](x.webp)',
    "<svg/onload=alert(1)>",
    "<a href='vbscript:x'>a</a>",
    "| <b onclick=x> | b |\n|---|---|\n| <script>1</script> | 2 |",
    "```<script>\nalert(1)\n```",
    "<!-- --!><script>alert(1)</script>",
]


def attributes(html: str) -> list[str]:
    found: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.extend(name for name, _value in attrs)

    Reader().feed(html)
    return found


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_survives_storing_or_showing(text: str) -> None:
    for source in (text, tidy(text)):
        html = render(source, {"x.webp": Picture("/files/x", "gambar")}).lower()
        assert "<script" not in html
        assert "<svg" not in html
        assert "jahat.example" not in html
        assert not any(name.startswith("on") for name in attributes(html))
        assert 'href="javascript' not in html
        assert 'href="data' not in html


def test_html_in_code_is_shown_not_removed() -> None:
    assert tidy("Tulis `<b>` di sini") == "Tulis `<b>` di sini"
    assert "&lt;b&gt;" in render("Tulis `<b>` di sini")


def test_numbers_and_comparisons_stay_as_typed() -> None:
    assert tidy("bila a < b dan c > d") == "bila a < b dan c > d"


def test_headings_never_skip_a_level() -> None:
    html = render("# A\n\n#### B\n\n## C")
    assert "<h2>A</h2>" in html
    assert "<h3>B</h3>" in html
    assert "<h2>C</h2>" in html


def test_the_pictures_of_a_text_are_known_by_name() -> None:
    assert pictures_in("![Satu](a.webp) dan ![](b.webp) lalu ![Lagi](a.webp)") == {"a.webp": "Satu", "b.webp": ""}


@given(st.text(max_size=300))
def test_tidying_twice_changes_nothing_more(text: str) -> None:
    once = tidy(text)
    assert tidy(once) == once


@given(st.text(alphabet="<>/ab! -\"'=`\n[]()", max_size=200))
def test_no_tag_of_the_author_is_ever_drawn(text: str) -> None:
    for tag in ("<ab", "<ba", "<aa", "<bb"):
        assert tag not in render(text)
