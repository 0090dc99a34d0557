"""A take-over in words for people, and as JSON for scripts: the shape only."""

from collections.abc import Mapping, Sequence
from typing import Any

from bindeledd.features.takeover.domain import Compared, Reason, Takeover
from bindeledd.features.takeover.domain.reading import COLUMNS
from bindeledd.foundation.texts import t


def reason_words(number: int, reason: Reason) -> str:
    """`Rad 7, kolonne «Utskrevet»: …`. Nothing of what stands in the cell."""
    why = t(f"takeover.why.{reason.why.value}")
    if not reason.column:
        return t("takeover.words.of_row", row=number, why=why)
    return t("takeover.words.of_cell", row=number, column=COLUMNS[reason.column], why=why)


def as_json(takeover: Takeover | None, rows: Sequence[Compared], *, tried: bool) -> dict[str, Any]:
    """What a script gets: numbers, ids, and for each refused row its reasons; no cell."""
    return {
        "takeover": None if takeover is None or tried else str(takeover.id),
        "state": "tried" if tried else takeover.state.value if takeover else "refused",
        "rows": len(rows),
        "taken": sum(row.case_id is not None for row in rows),
        "refused": sum(row.case_id is None for row in rows),
        "lines": [_line(row, tried) for row in rows],
    }


def _line(row: Compared, tried: bool) -> Mapping[str, Any]:
    return {
        "row": row.number,
        "outcome": row.outcome.value,
        "case": None if row.case_id is None or tried else str(row.case_id),
        "reasons": [
            {
                "column": COLUMNS.get(reason.column),
                "code": reason.why.value,
                "text": reason_words(row.number, reason),
            }
            for reason in row.reasons
        ],
    }
