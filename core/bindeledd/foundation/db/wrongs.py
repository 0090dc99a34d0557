"""What a database says when it cannot, in one line for people."""

import re

import pysqlite3.dbapi2 as sqlite

from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.texts import t

_BUSY_STATES = frozenset({"55P03", "40P01", "40001"})  # PostgreSQL: lock, deadlock, serialisation


# Why a server of PostgreSQL was not reached, by what its library says of it.
_WHY = (
    ("installation.no_host", re.compile(r"failed to resolve host|could not translate host name")),
    ("installation.no_base", re.compile(r'database "[^"]*" does not exist')),
    (
        "installation.not_let_in",
        re.compile(r'authentication failed|role "|no password|pg_hba\.conf'),
    ),
    ("installation.refused", re.compile(r"refused|No such file or directory")),
    ("installation.no_answer", re.compile(r"tim(?:eout|ed out)|No route to host|unreachable")),
    ("installation.unreached", re.compile(r"^connection ")),
)
_NAMED = re.compile(r"host (?:name )?['\"]([^'\"]*)['\"]")


def unreached(wrong: Exception, *, where: object = "") -> Misconfigured | None:
    """Which server of PostgreSQL was not reached, why, and what to do, without its password.

    None of an error that is another.
    """
    cause = getattr(wrong, "orig", None)
    words = str(cause)
    if not type(cause).__module__.startswith("psycopg") or getattr(cause, "sqlstate", None):
        return None
    code = next((code for code, said in _WHY if said.search(words)), None)
    if code is None:
        return None
    asked = getattr(cause, "pgconn", None)
    if asked is None:
        named = _NAMED.search(words)
        at, base, user = named[1] if named else "?", "?", "?"
    else:
        at = f"{asked.host.decode()}:{asked.port.decode()}"
        base, user = asked.db.decode(), asked.user.decode()
    return Misconfigured(code, where=where, at=at, base=base, user=user)


def is_busy(wrong: Exception) -> bool:
    """Whether somebody else holds what we waited for: trying again later is right."""
    cause = getattr(wrong, "orig", None)
    if getattr(cause, "sqlstate", None) in _BUSY_STATES:
        return True
    return isinstance(cause, sqlite.OperationalError) and "locked" in str(cause)


def said_of(wrong: Exception) -> str:
    """One line for people about an error of the database; never with values or statements."""
    cause = getattr(wrong, "orig", None)
    if is_busy(wrong):
        return t("installation.words.busy")
    if (missed := unreached(wrong)) is not None:
        return str(missed)
    code = getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", None)
    what = " ".join(filter(None, (type(cause or wrong).__name__, code)))
    return t("installation.words.odd_answer", what=what)
