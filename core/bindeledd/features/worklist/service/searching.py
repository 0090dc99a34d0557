"""Searching for a person among those whom one may see. Each search is written down, its words not."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from bindeledd.features.access import service as access
from bindeledd.features.audit import service as audit
from bindeledd.features.patients.domain import Listed, Patient
from bindeledd.features.patients.domain.identifiers import Identifier
from bindeledd.features.patients.domain.phones import phone_key
from bindeledd.features.patients.queries import (
    NUMBER,
    PHONE,
    get_names,
    has_phone,
    held_by,
    read_number,
)
from bindeledd.features.patients.queries.seen import tokens_of, with_tokens
from bindeledd.features.staff.domain import Actor
from bindeledd.features.worklist.domain.searching import (
    MOST,
    PAGE,
    Found,
    Result,
    SearchesTooOften,
    has_number,
    wanted,
)
from bindeledd.features.worklist.queries import searching as queries
from bindeledd.foundation.errors import Invalid


def search(session: Session, text: str, *, by: Actor, at: datetime, many: int = PAGE) -> Result:
    """Those with this number, phone or name whom `by` may see, `many` at the most (100).

    A number and a phone count whole, a name by the beginnings of its words in any order. Raises
    `SaysTooLittle`; `SearchesTooOften` after many in a row that found nobody.
    """
    said = wanted(text)
    if by.id is not None and (left := access.wait_to_search(session, by.id, at=at)):
        raise SearchesTooOften.wait(left)
    found = _by_number(session, said, by) or queries.fitting(session, said, by=by)
    shown = found[: min(max(many, PAGE), MOST)]
    ids = [one.id for one in shown]
    facts = {"found": len(shown), "more": len(found) > len(shown)}
    audit.record(session, "patient.searched", by=by, at=at, subjects=ids, facts=facts)
    if not found and by.id is not None:
        access.count_miss(session, by.id, at=at)
    theirs = queries.cases_of(session, ids, by=by)
    return Result(
        found=tuple(Found(person=one, cases=theirs.get(one.id, ())) for one in shown),
        more=len(found) > len(shown),
    )


def note_refused(session: Session, refused: SearchesTooOften, *, by: Actor, at: datetime) -> None:
    """Write down that `by` searched while they had to wait: for how long still, never the words.

    In a transaction of its own: the one that was refused is rolled back.
    """
    audit.record(session, "patient.search_refused", by=by, at=at, facts=refused.facts)


def _by_number(session: Session, text: str, by: Actor) -> Sequence[Listed]:
    """By a number that the keyed tokens know: the few candidates are opened and compared."""
    if not has_number(text) or any(sign.isalpha() for sign in text):
        return ()
    number, phone = _number(session, text), phone_key(text)
    tokens = tokens_of(session, PHONE, phone, by=by)
    if number is not None:
        tokens |= tokens_of(session, NUMBER, number.key, by=by)
    few = with_tokens(session, tokens, by=by)
    ids = [one.id for one in few if _has(one, number, phone)]
    names = get_names(session, ids)
    return [names[one] for one in ids]


def _number(session: Session, text: str) -> Identifier | None:
    try:
        return read_number(session, text)
    except Invalid:
        return None


def _has(one: Patient, number: Identifier | None, phone: str) -> bool:
    return (number is not None and held_by(one, number)) or has_phone(one, phone)
