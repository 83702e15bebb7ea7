"""Where programs, sockets and data stand, so that the servers' user can reach them."""

import contextlib
import fcntl
import hashlib
import importlib.metadata
import importlib.util
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from .account import Account, ServiceError

VAR_LIB = Path("/var/lib/asn-lms")


def runtime_dir(data_dir: Path) -> Path:
    """Where the sockets are: short, because a socket's path may have 107 bytes at most, and the same at every start."""
    name = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
    # Account.make_dir refuses a folder in /tmp that somebody else made first.
    return Path(f"/run/asn-lms-{name}") if os.geteuid() == 0 else Path(f"/tmp/asn-lms-{os.geteuid()}-{name}")  # noqa: S108


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def wheel_of(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ServiceError(f"The package {package} is not installed. Run `make run`, which sets everything up.")
    return Path(next(iter(spec.submodule_search_locations)))


def _make_var_lib() -> None:
    if not VAR_LIB.exists():
        VAR_LIB.mkdir()
        VAR_LIB.chmod(0o755)


def reachable_copy(program: Path, trees: list[Path], account: Account) -> Path:
    """The program itself when the account can execute it, otherwise a copy of its trees below /var/lib/asn-lms."""
    if account.run([str(program), "--version"])[0] == 0:
        return program
    _make_var_lib()
    copy = VAR_LIB / f"{trees[0].name}-{importlib.metadata.version(trees[0].name)}"
    with locked(VAR_LIB / "copy.lock"):
        if not copy.exists():
            half = Path(f"{copy}.new")
            shutil.rmtree(half, ignore_errors=True)
            for tree in trees:
                shutil.copytree(tree, half / tree.name, ignore=shutil.ignore_patterns("include", "__pycache__"))
            for path in (half, *half.rglob("*")):
                if not path.is_symlink():
                    path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
            half.rename(copy)
    return copy / program.relative_to(trees[0].parent)


def data_place(data_dir: Path, account: Account) -> Path:
    """The folder of the servers' data: DATA_DIR/services, or one below /var/lib/asn-lms when their user cannot reach DATA_DIR.

    The choice is remembered in DATA_DIR/run/place, so that a folder made private later does not start an empty database.
    """
    memory = data_dir / "run" / "place"
    here = data_dir / "services"
    if memory.exists():
        remembered = memory.read_text().strip()
        place = here if remembered == "here" else Path(remembered)
    elif account.may_enter(data_dir):
        place = here
    else:
        _make_var_lib()
        place = VAR_LIB / f"data-{secrets.token_hex(6)}"
    account.make_dir(place, 0o711)
    owner = place / "belongs-to"
    if place != here and owner.exists() and (other := Path(owner.read_text().strip())) != data_dir and other.exists():
        raise ServiceError(
            f"The database in {place} belongs to {other}; remove {memory} to start with an empty one here."
        )
    owner.write_text(f"{data_dir}\n")
    memory.write_text("here\n" if place == here else f"{place}\n")
    return place
