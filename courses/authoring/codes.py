"""Course codes: short, readable in an address, proposed from the title."""

import re
import unicodedata

LONGEST = 24
PATTERN = r"[A-Z0-9](?:[A-Z0-9-]{0,28}[A-Z0-9])?"
_TEXT = "dan yang di ke dari untuk pada dengan dalam bagi oleh para atau the a an and of for in to on with"
_SMALL_WORDS = frozenset(_TEXT.split())


def propose_code(title: str, taken: frozenset[str] | set[str]) -> str:
    """A code that is still free, from the words of the title: "Manajemen Waktu bagi ASN" → `MANAJEMEN-WAKTU-ASN`.

    Small words are left out, and whole words from the end until it fits 24 characters.
    """
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = [word for word in re.findall(r"[a-z0-9]+", plain) if word not in _SMALL_WORDS] or ["kursus"]
    while len(words) > 1 and len("-".join(words)) > LONGEST:
        words.pop()
    stem = "-".join(words)[:LONGEST].strip("-").upper()
    if stem not in taken:
        return stem
    number = 2
    while f"{stem}-{number}" in taken:
        number += 1
    return f"{stem}-{number}"
