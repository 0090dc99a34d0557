"""A compared list as JSON for scripts: numbers, lines and codes; nothing of what stood in a line."""

from typing import Any

from bindeledd.features.discharges.domain import COLUMNS, ComparedLine, Outcome
from bindeledd.features.discharges.service import ComparedList
from bindeledd.foundation.texts import t


def as_json(done: ComparedList) -> dict[str, Any]:
    return {
        "list": str(done.comparison.id),
        "lines": done.comparison.lines,
        **{outcome.value: done.comparison.numbers[outcome] for outcome in Outcome},
        "rows": [
            {
                "row": line.number,
                "outcome": line.outcome.value,
                "message": None if line.message_id is None else str(line.message_id),
                "column": COLUMNS.get(line.column),
                "reason": line.why.value if line.why else None,
            }
            for line in done.lines
        ],
    }


def refused_words(line: ComparedLine) -> str:
    """`Rad 4, kolonne «Utskrevet»: …`"""
    why = t(f"discharges.why.{line.why}")
    return t("discharges.words.of_cell", row=line.number, column=COLUMNS[line.column], why=why)
