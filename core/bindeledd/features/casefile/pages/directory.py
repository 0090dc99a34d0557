"""Who can be asked about a task, as it is shown with it: who answers now stands first."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy.orm import Session

from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.pathways.domain import Book
from bindeledd.features.pathways.domain.directory import Contact, Open, Where, shown
from bindeledd.features.staff import queries as staff
from bindeledd.foundation.spelling import OSLO
from bindeledd.foundation.texts import said_of, t


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the directory on a page; `phone` is empty where only the site has a number."""

    label: str
    phone: str
    answers: bool
    hours: str


def whom(session: Session, book: Book, file: CaseFile, kind: str) -> list[Line]:
    """Whom one may ask about a task of this kind, for the unit in which the case began."""
    if not any(kind in one.tasks for one in book.contacts):
        return []
    local = file.at.astimezone(OSLO)
    found = shown(book.contacts, kind, _where(session, file), local)
    return [_line(one, answers=one.answers(local)) for one in found]


def _where(session: Session, file: CaseFile) -> Where:
    case = file.case
    if case.unit_id is None:
        return None, None, staff.team_place(session, case.responsible_team_id)[0]
    return staff.unit_places(session, case.tenant_id).get(case.unit_id, (None, None, None))


def _line(one: Contact, *, answers: bool) -> Line:
    hours = hours_words(one.hours) if one.hours else t("casefile.directory.always")
    return Line(label=said_of(one.label), phone=one.phone, answers=answers, hours=hours)


def hours_words(hours: Iterable[Open]) -> str:
    """Hours in words, days of the same hours together: "mandag, tirsdag 08.00-15.30"."""
    ordered = sorted(hours, key=lambda one: (one[1], one[2], one[0]))
    said = []
    for (opens, closes), some in groupby(ordered, key=lambda one: one[1:]):
        days = ", ".join(t(f"web.weekdays.{weekday}") for weekday, *_ in some)
        said.append(f"{days} {opens:%H.%M}-{closes:%H.%M}")
    return "; ".join(said)
