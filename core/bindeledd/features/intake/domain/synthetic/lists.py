"""Writes a daily list of discharges as a hospital would: CSV, with or without what is optional."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from bindeledd.features.intake.domain.row_notation import COLUMNS
from bindeledd.features.intake.domain.synthetic.persons import SyntheticPerson


def discharges(
    rows: Iterable[Mapping[str, str]],
    *,
    columns: Sequence[str] = tuple(COLUMNS),
    separator: str = ";",
    encoding: str = "utf-8",
) -> bytes:
    """A list with these rows (column key → cell)."""
    out = io.StringIO()
    written = csv.writer(out, delimiter=separator)
    written.writerow([COLUMNS[key] for key in columns])
    written.writerows([[row.get(key, "") for key in columns] for row in rows])
    return out.getvalue().encode(encoding)


def row(person: SyntheticPerson, **cells: str) -> Mapping[str, str]:
    """A row about somebody; `cells` by column key stand before what is known of the person."""
    return {
        "number": person.number,
        "given": person.given_name,
        "family": person.family_name,
        "born": person.born_on.strftime("%d.%m.%Y"),
        "phone": person.phone,
        **cells,
    }
