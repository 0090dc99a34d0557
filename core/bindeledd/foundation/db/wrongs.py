"""What a database says when it cannot, in one line for people."""

import pysqlite3.dbapi2 as sqlite

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
        return "databasen er opptatt · prøv igjen om litt"
    code = getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", None)
    kind = type(cause or wrong).__name__
    return f"databasen svarte ikke som ventet ({' '.join(filter(None, (kind, code)))}) · se `bindeledd doctor`"
