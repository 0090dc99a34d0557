"""What a database says when it cannot, in one line for people."""

import pysqlite3.dbapi2 as sqlite

from bindeledd.foundation.texts import t

_BUSY_STATES = frozenset({"55P03", "40P01", "40001"})  # PostgreSQL: lock, deadlock, serialisation


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
    code = getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", None)
    what = " ".join(filter(None, (type(cause or wrong).__name__, code)))
    return t("installation.words.odd_answer", what=what)
