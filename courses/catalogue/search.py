"""What a person typed into the search box, as PostgreSQL understands it.

The configuration `indonesian` knows Indonesian stems but brings no stop words, so the list stands here.
"""

import re

CONFIG = "indonesian"
# Titles like "Manajemn Wakt" must find "Manajemen Waktu"; below this likeness pg_trgm finds too much.
LIKE_ENOUGH = 0.4
LONGEST = 100

_STOP_WORDS = """
    ada adalah agar akan aku anda antara apa apakah atas atau bagaimana bagi bahwa banyak beberapa bila bisa bukan dalam dan dapat dari
    dengan di dia hal hanya harus hingga ia ini itu jika juga kalau kami karena ke kepada kita lain lebih maka mana mereka namun oleh
    pada para per pun saat saja saya sebagai secara sehingga sejak seperti serta setelah setiap sudah supaya tanpa telah tentang
    terhadap tersebut tetapi tiap untuk yaitu yang
    kursus pelatihan materi
    a an and for in of on or the to with
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())


def words_of(text: str) -> list[str]:
    """The words that matter, at most eight; when a person typed nothing but small words, those."""
    found = [word.lower() for word in re.findall(r"[^\W_]+", text[:LONGEST])]
    return ([word for word in found if word not in STOP_WORDS] or found)[:8]


def ts_query(words: list[str]) -> str:
    """All words, each also as a beginning: `pelayanan:* & publik:*`. Words hold letters and digits only, so nothing needs quoting."""
    return " & ".join(f"{word}:*" for word in words)
