"""The database: SQLite for one machine, PostgreSQL for more, the same promises on both.

`Database` opens either; `transaction()` is the one way to write and stands visibly at the edge.
Rows are declared on `Base`. Triggers that guard the law are declared with `refuse()` in the
`tables` module that owns the table, and restated by the migrations.
"""

from bindeledd.foundation.db.guards import Guard, guards, never_changed, never_deleted, refuse
from bindeledd.foundation.db.opening import Database, is_address, open_database
from bindeledd.foundation.db.rows import Base, Json, Utc, only_sealed, table
from bindeledd.foundation.db.sets import upsert
from bindeledd.foundation.db.sqlite import look_into, sqlite_file, tables_in
from bindeledd.foundation.db.wrongs import is_busy, said_of, unreached

__all__ = [
    "Base",
    "Database",
    "Guard",
    "Json",
    "Utc",
    "guards",
    "is_address",
    "is_busy",
    "look_into",
    "never_changed",
    "never_deleted",
    "only_sealed",
    "open_database",
    "refuse",
    "said_of",
    "sqlite_file",
    "table",
    "tables_in",
    "unreached",
    "upsert",
]
