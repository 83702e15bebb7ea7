"""What must hold after a drill of certificates (promise R2), asked in SQL of our own and compared with what was written down outside:
by the learners, by the mail server, and on the disk. Nothing of the product is imported here.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

Ask = Callable[..., list[tuple[Any, ...]]]
# A second delivery comes from a kill between the mail server's 250 and our commit: nearer than this to the first one.
NEAR = 20.0


@dataclass(frozen=True)
class Book:
    """What was written down outside. `finished`, `confirmed`: place → person; `numbers`: place → number as it was shown."""

    places: set[int]
    jp: Decimal
    finished: dict[int, int]
    confirmed: dict[int, int]
    numbers: dict[int, str]
    mails: list[tuple[str, float]]  # Message-ID and when it was taken
    kills: list[tuple[str, float]]  # what was killed, and when


def broken(ask: Ask, media: Path, book: Book) -> Iterator[str]:
    """A sentence for each broken promise; none when all were kept."""
    yield from _completions(ask, book)
    yield from _numbers(ask)
    yield from _certificates(ask, book)
    yield from _files(ask, media)
    yield from _mails(ask, book)
    yield from _credits(ask, book)


def _differ(what: str, missing: Iterable[Any], surplus: Iterable[Any]) -> Iterator[str]:
    for word, found in (("missing", sorted(missing)), ("too many", sorted(surplus))):
        if found:
            yield f"{what}: {len(found)} {word}, e.g. {found[:3]}"


def _completions(ask: Ask, book: Book) -> Iterator[str]:
    done = {pk for (pk,) in ask("SELECT id FROM enrollments_enrollment WHERE status = 'completed'")}
    yield from _differ("acknowledged completions", set(book.finished) - done, done - book.places)
    yield from _differ("completions", book.places - done, ())
    audited = Counter(
        pk for (pk,) in ask("SELECT object_id FROM accounts_auditentry WHERE action = 'enrollment.completed'")
    )
    twice = [pk for pk, count in audited.items() if count != 1]
    yield from _differ("entries in the audit of completions", book.places - {int(pk) for pk in audited}, twice)


def _numbers(ask: Ask) -> Iterator[str]:
    sequences: dict[int, list[int]] = defaultdict(list)
    for series, sequence in ask("SELECT series_id, sequence FROM enrollments_certificate"):
        sequences[series].append(sequence)
    for series, last in ask("SELECT id, last FROM enrollments_certificateseries"):
        if sorted(sequences[series]) != list(range(1, last + 1)):
            counted = Counter(sequences[series])
            yield from _differ(
                f"numbers of series {series} up to {last}",
                set(range(1, last + 1)) - set(counted),
                [n for n, count in counted.items() if count > 1 or n > last],
            )
    for number, count in ask("SELECT number, count(*) FROM enrollments_certificate GROUP BY 1 HAVING count(*) > 1"):
        yield f"number {number} stands on {count} certificates"


def _certificates(ask: Ask, book: Book) -> Iterator[str]:
    found = ask("SELECT enrollment_id, number, state, was_confirmed_by_learner FROM enrollments_certificate")
    counted = Counter(place for place, *_rest in found)
    yield from _differ("certificates", book.places - set(counted), [one for one, count in counted.items() if count > 1])
    for place, number, state, was_confirmed in found:
        if state != "delivered":
            yield f"certificate {number} is {state}, not delivered"
        if book.numbers.get(place, number) != number:
            yield f"place {place} was shown the number {book.numbers[place]} and has {number}"
        if place in book.confirmed and not was_confirmed:
            yield f"the name on {number} was confirmed by the learner, and the row does not know"


def _files(ask: Ask, media: Path) -> Iterator[str]:
    on_disk = {str(file.relative_to(media)) for file in (media / "certificates").rglob("*") if file.is_file()}
    named = set()
    for number, name, fingerprint, size in ask("SELECT number, file, sha256, size FROM enrollments_certificate"):
        named.add(name)
        if name not in on_disk:
            yield f"certificate {number} has no file"
            continue
        paper = (media / name).read_bytes()
        if (sha256(paper).hexdigest(), len(paper)) != (fingerprint, size):
            yield f"the file of {number} is not the one that was signed"
    yield from _differ("files of certificates", (), on_disk - named)


def _mails(ask: Ask, book: Book) -> Iterator[str]:
    taken: dict[str, list[float]] = defaultdict(list)
    for message, at in book.mails:
        taken[message.strip("<>").partition("@")[0]].append(at)
    sql = "SELECT message_id::text, kind, about, mail_state FROM accounts_notice"
    ready: Counter[str] = Counter()
    promised = set()
    for message, kind, about, state in ask(sql):
        promised.add(message)
        ready[about] += kind == "certificate.ready"
        if kind == "certificate.ready" and state != "sent":
            yield f"the mail about {about} is {state}, not sent"
        if state == "sent" and message not in taken:
            yield f"the mail about {about} counts as sent and was never delivered"
    certificates = {f"certificate {pk}" for (pk,) in ask("SELECT id FROM enrollments_certificate")}
    told = {about for about, count in ready.items() if count}
    yield from _differ("messages that a certificate is ready", certificates - told, [a for a in told if ready[a] > 1])
    yield from _differ("mails delivered", (), set(taken) - promised)
    deaths = [at for what, at in book.kills if what in ("worker", "postgres")]
    for message, times in taken.items():
        for at in sorted(times)[:-1]:
            if not any(abs(at - death) < NEAR for death in deaths):
                yield f"mail {message} was delivered {len(times)} times, without a kill near"


def surplus(book: Book) -> int:
    """Deliveries beyond the first of each Message-ID."""
    return len(book.mails) - len({message for message, _at in book.mails})


def _credits(ask: Ask, book: Book) -> Iterator[str]:
    entries = ask(
        "SELECT entry_id, sum(debit), sum(credit) FROM enrollments_ledgerposting GROUP BY 1 HAVING sum(debit) <> sum(credit)"
    )
    for entry, debit, credit in entries:
        yield f"ledger entry {entry} has {debit} on one side and {credit} on the other"
    has: dict[int, Decimal] = dict(
        ask(
            "SELECT c.enrollment_id, sum(p.credit - p.debit) FROM enrollments_credit c"
            " JOIN enrollments_ledgerentry e ON e.about_id = c.id JOIN enrollments_ledgerposting p ON p.entry_id = e.id"
            " WHERE p.account IN ('counted', 'closed') GROUP BY 1"
        )
    )
    yield from _differ("credits", book.places - set(has), set(has) - book.places)
    for place, jp in has.items():
        if jp != book.jp:
            yield f"place {place} counts {jp} JP instead of {book.jp}"
    for measure, owed in (("completed", Decimal(len(book.places))), ("jp", book.jp * len(book.places))):
        sql = (
            "SELECT coalesce(sum(value), 0) FROM (SELECT t.value FROM enrollments_tally t JOIN accounts_agency a ON a.id = t.agency_id"
            " WHERE a.depth = 1 AND t.measure = %s UNION ALL SELECT value FROM enrollments_tallydelta WHERE measure = %s) counted"
        )
        [(value,)] = ask(sql, measure, measure)
        if value != owed:
            yield f"the heads' report counts {value} of {measure} instead of {owed}"
