"""Who can be asked about a task, as it is shown with it: who answers now stands first."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.casefile.domain.dialling import hours_words
from bindeledd.features.casefile.service.directory import clock_of, places
from bindeledd.features.cases.domain import joining
from bindeledd.features.cases.queries import events_of
from bindeledd.features.pathways.domain import Book
from bindeledd.features.pathways.domain.directory import Contact, shown
from bindeledd.foundation.texts import said_of, t


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the directory on a page; `phone` is empty where only the site has a number,
    `link` where there is nothing to read."""

    label: str
    phone: str
    link: str
    version: str
    answers: bool
    hours: str


def whom(session: Session, book: Book, file: CaseFile, kind: str) -> list[Line]:
    """Whom one may ask about a task of this kind, for the unit in which the case began and for the
    organisation that answers for it now.

    Who answers now is told by the clock of the team that has the case.
    """
    if not any(kind in one.tasks for one in book.contacts):
        return []
    local = clock_of(session, file.case, file.at)
    agreed = any(one.to for one in book.contacts)
    history = events_of(session, file.case.id) if agreed else ()
    receiver = joining.receiver_of(history)
    found = shown(book.contacts, kind, places(session, file.case), local, receiver)
    return [_line(one, answers=one.answers(local)) for one in found]


def _line(one: Contact, *, answers: bool) -> Line:
    hours = hours_words(one.hours) if one.hours else t("casefile.directory.always")
    return Line(
        label=said_of(one.label),
        phone=one.phone,
        link=one.link,
        version=one.version,
        answers=answers,
        hours=hours,
    )
