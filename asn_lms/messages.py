"""Gathers the sentences of the product, checks their Indonesian, and compiles it: `python -m asn_lms.messages extract|check|compile`.

No gettext tools are needed on the machine: Babel reads Python, Django turns templates into something that Babel reads.
English is in the source itself (msgid), so `locale/id` is the only catalogue.
"""

import io
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import denormalize, normalize
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("accounts", "asn_lms", "courses", "enrollments", "templates")
NOT_SOURCES = {"migrations", "tests", "tests.py", "fixtures", "node_modules", "__pycache__"}
PO_FILE = ROOT / "locale" / "id" / "LC_MESSAGES" / "django.po"
SINGLE = {"_", "gettext", "gettext_lazy", "gettext_noop"}
COUNTED = {"ngettext", "ngettext_lazy", "npgettext", "npgettext_lazy"}
WITH_CONTEXT = {"pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy"}
CALLS = dict.fromkeys(SINGLE | COUNTED | WITH_CONTEXT)
HEADER = """\
# Bahasa Indonesia for ASN LMS. Sorted by msgid; `make messages` rewrites it from the source.
msgid ""
msgstr ""
"Language: id\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"""
PLACEHOLDER = re.compile(r"%\(\w+\)[-#0 +]*\d*(?:\.\d+)?[a-zA-Z]|\{\w*\}|%[sd]")

Key = tuple[str, str]  # (context, msgid); the context is "" when there is none


@dataclass
class Message:
    """One sentence; `text` is empty until somebody translates it. Indonesian has one form for any number."""

    context: str
    msgid: str
    plural: str = ""
    text: str = ""
    is_fuzzy: bool = False

    @property
    def key(self) -> Key:
        return (self.context, self.msgid)


@dataclass
class _Reader:
    """Reads a .po line by line and forgives what a union merge of two branches leaves behind.

    Entries given twice, msgstr given twice, entries without a blank line between: the first translation that is not empty wins.
    """

    messages: dict[Key, Message] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    last: str = ""
    is_fuzzy: bool = False
    next_is_fuzzy: bool = False

    def feed(self, line: str) -> None:
        line = line.strip()
        if line.startswith("#,"):
            self.next_is_fuzzy = "fuzzy" in line
        elif line.startswith('"'):
            if self.last:
                self.fields[self.last] += denormalize(line)
        elif line and not line.startswith("#"):
            name, _, value = line.partition(" ")
            self._start(name.replace("[0]", ""), denormalize(value))

    def _start(self, name: str, value: str) -> None:
        opens_entry = name == "msgctxt" or (name == "msgid" and self.last != "msgctxt")
        if opens_entry:
            self.finish()
            self.is_fuzzy, self.next_is_fuzzy = self.next_is_fuzzy, False
        if name == "msgstr" and self.fields.get("msgstr"):
            self.last = "ignored"
            self.fields["ignored"] = ""
            return
        self.last = name
        self.fields[name] = value

    def finish(self) -> None:
        read, self.fields, self.last = self.fields, {}, ""
        if not read.get("msgid"):
            return
        new = Message(
            context=read.get("msgctxt", ""),
            msgid=read["msgid"],
            plural=read.get("msgid_plural", ""),
            text=read.get("msgstr", ""),
            is_fuzzy=self.is_fuzzy,
        )
        known = self.messages.setdefault(new.key, new)
        known.plural = known.plural or new.plural
        if new.text and (not known.text or (known.is_fuzzy and not new.is_fuzzy)):
            known.text, known.is_fuzzy = new.text, new.is_fuzzy


def read(po: str) -> dict[Key, Message]:
    """The messages of a .po text, by (context, msgid)."""
    reader = _Reader()
    for line in po.splitlines():
        reader.feed(line)
    reader.finish()
    return reader.messages


def write(messages: Iterable[Message]) -> str:
    """The .po text: sorted, unwrapped and without places in the source, so that two branches rarely touch the same lines."""
    parts = [HEADER]
    for message in sorted(messages, key=lambda message: (message.msgid, message.context)):
        lines = ["#, fuzzy"] if message.is_fuzzy else []
        if message.context:
            lines.append(f"msgctxt {normalize(message.context, width=0)}")
        lines.append(f"msgid {normalize(message.msgid, width=0)}")
        if message.plural:
            lines.append(f"msgid_plural {normalize(message.plural, width=0)}")
        lines.append(f"{'msgstr[0]' if message.plural else 'msgstr'} {normalize(message.text, width=0)}")
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _source_files(root: Path) -> Iterator[Path]:
    for source in SOURCES:
        for path in sorted((root / source).rglob("*")):
            inside = path.relative_to(root)
            if path.suffix in (".py", ".html", ".txt") and not NOT_SOURCES.intersection(inside.parts):
                if path.suffix != ".py" and "templates" not in inside.parts:
                    continue
                yield path


def _python_of(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return text
    # What Django leaves between the calls is X and white space; without its indentation it passes for Python.
    return "\n".join(line.strip() for line in templatize(text, origin=str(path)).splitlines())


def collect(root: Path = ROOT) -> dict[Key, Message]:
    """Every sentence in the source, untranslated.

    Raises SyntaxError, naming the file, for a template that Django cannot read.
    """
    found: dict[Key, Message] = {}
    for path in _source_files(root):
        source = io.BytesIO(_python_of(path).encode())
        for _line, call, texts, _comments in extract_python(source, CALLS, [], {"encoding": "utf-8"}):
            message = _message(call, texts)
            if message is not None:
                known = found.setdefault(message.key, message)
                known.plural = known.plural or message.plural
    return found


def _message(call: object, texts: object) -> Message | None:
    arguments = list(texts) if isinstance(texts, (tuple, list)) else [texts]
    context = arguments.pop(0) if call in WITH_CONTEXT else ""
    wanted = 2 if call in COUNTED else 1
    literals = [text for text in arguments[:wanted] if isinstance(text, str)]
    if len(literals) < wanted or not literals[0] or not isinstance(context, str):
        return None  # a variable: the sentence is marked where it is written
    return Message(context=context, msgid=literals[0], plural=literals[1] if wanted == 2 else "")


def merge(found: dict[Key, Message], known: dict[Key, Message]) -> list[Message]:
    """What the source says now, with the translations known so far; what the source no longer says is dropped."""
    for key, message in found.items():
        if key in known:
            message.text, message.is_fuzzy = known[key].text, known[key].is_fuzzy
    return list(found.values())


def problems(messages: Iterable[Message]) -> list[str]:
    """One line for each message that is untranslated, fuzzy, or whose placeholders or line ends differ from its msgid."""
    found = []
    for message in messages:
        model = message.plural or message.msgid
        if not message.text:
            found.append(f"not translated: {message.msgid!r}")
        elif message.is_fuzzy:
            found.append(f"fuzzy: {message.msgid!r}")
        elif set(PLACEHOLDER.findall(model)) != set(PLACEHOLDER.findall(message.text)):
            found.append(f"other placeholders: {message.msgid!r} -> {message.text!r}")
        elif model.startswith("\n") != message.text.startswith("\n") or model.endswith("\n") != message.text.endswith(
            "\n"
        ):
            found.append(f"other line ends: {message.msgid!r}")
    return found


def compile_to_mo(po_file: Path = PO_FILE) -> Path:
    """Writes the .mo beside the .po; fuzzy and empty translations are left out, so English shows there."""
    catalog = Catalog(locale="id", charset="utf-8")
    # Babel's own table would give Indonesian two forms.
    catalog.mime_headers = [("Plural-Forms", "nplurals=1; plural=0;")]
    for message in read(_text_of(po_file)).values():
        if message.text and not message.is_fuzzy:
            msgid: str | tuple[str, str] = (message.msgid, message.plural) if message.plural else message.msgid
            text: str | tuple[str, ...] = (message.text,) if message.plural else message.text
            catalog.add(msgid, text, context=message.context or None)
    mo_file = po_file.with_suffix(".mo")
    half = mo_file.with_suffix(".mo.new")
    with half.open("wb") as out:
        write_mo(out, catalog)
    half.replace(mo_file)
    return mo_file


def _text_of(po_file: Path) -> str:
    return po_file.read_text(encoding="utf-8") if po_file.exists() else ""


def main(command: str) -> int:
    if command == "compile":
        compile_to_mo()
        return 0
    messages = merge(collect(), read(_text_of(PO_FILE)))
    if command == "extract":
        PO_FILE.parent.mkdir(parents=True, exist_ok=True)
        PO_FILE.write_text(write(messages), encoding="utf-8")
        compile_to_mo()
        missing = sum(not message.text for message in messages)
        print(f"{len(messages)} messages, {missing} without Indonesian")
        return 0
    if command == "check":
        found = problems(messages)
        print("\n".join(found) if found else f"{len(messages)} messages, all in Indonesian")
        return 1 if found else 0
    print("usage: python -m asn_lms.messages extract|check|compile", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) == 2 else ""))
