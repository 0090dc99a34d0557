"""A server that was not reached is told by why, from what its library says."""

from __future__ import annotations

import psycopg
import pytest
import sqlalchemy as sa

from bindeledd.foundation.db import said_of, unreached


def an_error(words: str) -> sa.exc.OperationalError:
    return sa.exc.OperationalError("", None, psycopg.OperationalError(words))


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("failed to resolve host 'db.lillevik': [Errno -2] Name not known", "no_host"),
        ('connection failed: FATAL:  database "a" does not exist', "no_base"),
        ('connection failed: FATAL:  password authentication failed for user "a"', "not_let_in"),
        ('connection failed: FATAL:  role "a" does not exist', "not_let_in"),
        ("connection failed: Connection refused", "refused"),
        ("connection timeout expired", "no_answer"),
        ("connection failed: FATAL:  Datenbank gibt es nicht", "unreached"),
    ],
)
def test_each_reason_is_told_apart(words: str, code: str) -> None:
    missed = unreached(an_error(words))

    assert missed is not None
    assert missed.code == f"installation.{code}"


def test_a_host_that_there_is_not_is_named() -> None:
    assert "db.lillevik" in said_of(an_error("failed to resolve host 'db.lillevik': [Errno -2]"))


def test_another_error_of_a_server_is_none_of_these() -> None:
    assert unreached(an_error("the statement was cancelled")) is None
