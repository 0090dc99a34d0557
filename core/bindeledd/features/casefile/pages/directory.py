"""Who can be asked about a task, as it is shown with it: who answers now stands first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy.orm import Session

from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.casefile.service.directory import clock_of, on_paper, places
from bindeledd.features.cases.domain import Case, joining
from bindeledd.features.cases.queries import events_of
from bindeledd.features.pathways.domain import Book
from bindeledd.features.pathways.domain.directory import Contact, Open, shown
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


def numbers_on_paper(
    session: Session, book: Book, case: Case, at: datetime
) -> Iterator[tuple[str, str]]:
    """Whom the person may call, and at which number: what packs put on the paper of the plan.

    Whatever has a number, whoever answers now: the paper is kept.
    """
    for one in on_paper(session, book, case, "offer_plan", at):
        hours = hours_words(one.hours) if one.hours else t("casefile.directory.always")
        yield said_of(one.label), f"{one.phone} · {hours}"


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


def hours_words(hours: Iterable[Open]) -> str:
    """Hours in words, days of the same hours together: "mandag, tirsdag 08.00-15.30"."""
    ordered = sorted(hours, key=lambda one: (one[1], one[2], one[0]))
    said = []
    for (opens, closes), some in groupby(ordered, key=lambda one: one[1:]):
        days = ", ".join(t(f"web.weekdays.{weekday}") for weekday, *_ in some)
        said.append(f"{days} {opens:%H.%M}-{closes:%H.%M}")
    return "; ".join(said)
