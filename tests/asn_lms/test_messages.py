"""Promises of `make messages`."""

import gettext
from pathlib import Path

import pytest

from asn_lms import messages


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "courses" / "catalogue").mkdir(parents=True)
    (tmp_path / "templates" / "courses").mkdir(parents=True)
    (tmp_path / "courses" / "catalogue" / "views.py").write_text(
        "from django.utils.translation import gettext_lazy as _, ngettext, pgettext\n"
        'title = _("Catalogue")\n'
        'count = ngettext("%(count)d course", "%(count)d courses", n)\n'
        'may = pgettext("month", "May")\n'
        'later = _("Long "\n          "sentence")\n'
        "never = _(variable)\n"
    )
    (tmp_path / "templates" / "courses" / "list.html").write_text(
        "{% load i18n %}\n"
        "  <div>\n"
        "      <p title=\"{% translate 'Find a course' %}\">100% free, it's (really)</p>\n"
        "    {% blocktranslate trimmed count n=courses|length with who=person.name %}\n"
        "      {{ who }} has one course.\n"
        "    {% plural %}\n"
        "      {{ who }} has {{ n }} courses.\n"
        "    {% endblocktranslate %}\n"
        '  {{ empty|default:_("None yet") }}\n'
        "</div>\n"
    )
    return tmp_path


def test_sentences_are_found_in_python_and_in_templates(source: Path) -> None:
    found = messages.collect(source)
    assert {(context, msgid): message.plural for (context, msgid), message in found.items()} == {
        ("", "Catalogue"): "",
        ("", "%(count)d course"): "%(count)d courses",
        ("month", "May"): "",
        ("", "Long sentence"): "",
        ("", "Find a course"): "",
        ("", "%(who)s has one course."): "%(who)s has %(n)s courses.",
        ("", "None yet"): "",
    }


def test_what_is_written_is_read_back_the_same() -> None:
    before = [
        messages.Message("", 'Say "hi"\n\tthere\\', text='Bilang "hai"\n\tdi sana\\'),
        messages.Message("month", "May", text="Mei"),
        messages.Message("", "%(n)s course", plural="%(n)s courses", text="%(n)s kursus"),
        messages.Message("", "Empty"),
    ]
    text = messages.write(before)
    assert messages.read(text) == {message.key: message for message in before}
    assert messages.write(messages.read(text).values()) == text


def test_a_union_merge_of_two_branches_loses_no_translation() -> None:
    merged = (
        'msgid "A"\nmsgstr ""\n\nmsgid "A"\nmsgstr "satu"\nmsgid "B"\nmsgstr "dua"\nmsgstr "lain"\n'
        'msgid "C"\nmsgid "D"\nmsgstr "empat"\n\nmsgid "A"\nmsgstr "kedua"\n'
    )
    read = messages.read(merged)
    assert {msgid: message.text for (_, msgid), message in read.items()} == {
        "A": "satu",
        "B": "dua",
        "C": "",
        "D": "empat",
    }


def test_a_second_msgstr_over_several_lines_is_ignored_whole() -> None:
    read = messages.read('msgid "A"\nmsgstr "satu"\nmsgstr ""\n"du"\n"a"\n')
    assert read["", "A"].text == "satu"


@pytest.mark.parametrize(
    ("message", "problem"),
    [
        (messages.Message("", "Hello"), "not translated"),
        (messages.Message("", "Hello", text="Halo", is_fuzzy=True), "fuzzy"),
        (messages.Message("", "Hello %(name)s", text="Halo %(nama)s"), "other placeholders"),
        (messages.Message("", "%(n)s day", plural="%(n)s days", text="hari"), "other placeholders"),
        (messages.Message("", "Hello\n", text="Halo"), "other line ends"),
    ],
)
def test_an_incomplete_translation_is_named(message: messages.Message, problem: str) -> None:
    assert messages.problems([message])[0].startswith(problem)


def test_a_complete_translation_has_no_problems() -> None:
    assert messages.problems([messages.Message("", "one day", plural="%(n)s days", text="%(n)s hari")]) == []


def test_compiled_messages_speak_indonesian(tmp_path: Path) -> None:
    po_file = tmp_path / "django.po"
    po_file.write_text(
        messages.write(
            [
                messages.Message("", "Catalogue", text="Katalog"),
                messages.Message("month", "May", text="Mei"),
                messages.Message("", "%(n)s course", plural="%(n)s courses", text="%(n)s kursus"),
            ]
        )
    )
    with messages.compile_to_mo(po_file).open("rb") as mo:
        spoken = gettext.GNUTranslations(mo)
    assert spoken.gettext("Catalogue") == "Katalog"
    assert spoken.pgettext("month", "May") == "Mei"
    assert (
        spoken.ngettext("%(n)s course", "%(n)s courses", 1)
        == spoken.ngettext("%(n)s course", "%(n)s courses", 5)
        == "%(n)s kursus"
    )
