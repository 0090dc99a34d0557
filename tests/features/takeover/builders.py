"""A list as a team keeps it, in both formats, and a take-over of it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from xml.sax.saxutils import escape

from sqlalchemy.orm import Session

from bindeledd.features.staff.tables import InstallationRow
from bindeledd.features.takeover import service
from bindeledd.features.takeover.domain.reading import COLUMNS
from bindeledd.features.takeover.service import TookOver
from builders import MONDAY, Site, a_book, a_site

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
# Synthetic numbers (NAV's series: month + 40) of people who do not exist.
ANE, BO, CATO = "01414500028", "05486000068", "02437100058"


def a_row(**more: str) -> dict[str, str]:
    """One person of a list: attempted in January, discharged, reached once, Anna's."""
    return {
        "number": ANE,
        "given": "Ane",
        "family": "Prøve",
        "phone": "41234599",
        "index": "selvmordsforsøk",
        "index_at": "11.1.2027",
        "discharged": "20.1.2027",
        "owner": "Anna",
        "reached": "25.1.2027 10.30",
        **more,
    }


def csv_of(*rows: Mapping[str, str], columns: Sequence[str] = tuple(COLUMNS)) -> bytes:
    lines = [";".join(COLUMNS[key] for key in columns)]
    lines += [";".join(f'"{row.get(key, "")}"' for key in columns) for row in rows]
    return ("\ufeff" + "\r\n".join(lines) + "\r\n").encode()


_PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Ark1" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}


def excel(rows: Sequence[Sequence[str | int]]) -> bytes:
    """The smallest .xlsx that holds these cells; numbers as a spreadsheet keeps them."""
    said = "".join(f"<row>{''.join(_cell(cell) for cell in row)}</row>" for row in rows)
    sheet = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{said}</sheetData></worksheet>'
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        for name, text in {**_PARTS, "xl/worksheets/sheet1.xml": sheet}.items():
            file.writestr(name, text)
    return packed.getvalue()


class Raw(str):
    """A cell as it stands in the file."""


ERROR = Raw('<c t="e"><v>#N/A</v></c>')
UNCOMPUTED = Raw("<c><f>TODAY()-5</f></c>")


def _cell(cell: str | int) -> str:
    if isinstance(cell, Raw):
        return cell
    if isinstance(cell, int):
        return f"<c><v>{cell}</v></c>"
    return f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>'


def excel_of(*rows: Mapping[str, Any], columns: Sequence[str] = tuple(COLUMNS)) -> bytes:
    return excel(
        [
            [COLUMNS[key] for key in columns],
            *([row.get(key, "") for key in columns] for row in rows),
        ]
    )


def a_test_site(session: Session, at: datetime = MONDAY) -> Site:
    """A site in an installation that takes synthetic numbers."""
    if session.get(InstallationRow, 1) is None:
        session.add(InstallationRow(id=1, environment="test", made_at=at))
        session.flush()
    return a_site(session, at)


def taken_over(session: Session, site: Site, data: bytes, **more: Any) -> TookOver:
    return service.take_over(
        session,
        **{
            "data": data,
            "name": "liste.csv",
            "team_id": site.team,
            "by": site.system,
            "at": MONDAY,
            "book": a_book(),
            **more,
        },
    )
