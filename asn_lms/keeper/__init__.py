"""Keeps the private PostgreSQL and Valkey of one DATA_DIR alive as long as somebody uses them, then stops them.

A package that asn_lms.embedded starts by itself, as a process of its own: nothing but the standard library is imported, and nothing of ours
from outside this folder.

Whoever uses the services holds a shared flock on `run/users.lock`. The keeper waits for the exclusive one: it comes when the last user has
ended, in whatever way, kill -9 included. Then both servers stop and the keeper ends. Should the keeper itself be killed, the kernel tells
both servers to stop (parent-death signal). A server that dies on its own is started again.

As root both servers run as an unprivileged user. What that user cannot reach is copied or placed below /var/lib/asn-lms; the mode or owner
of a folder that we did not make is never changed.
"""

from .account import ServiceError, die_with_parent
from .places import runtime_dir
from .servers import answers

__all__ = ["ServiceError", "answers", "die_with_parent", "runtime_dir"]
