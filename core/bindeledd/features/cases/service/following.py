"""Which local routines a case follows: what its places are, asked of the rule in `domain/joining.py`.

Used by this floor only.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.cases import queries
from bindeledd.features.cases.domain import Case, Event, EventKind, NewEvent, joining, telling
from bindeledd.features.cases.domain.joining import AGREED, BROUGHT, RECEIVER, RECEIVER_KIND, SENDER
from bindeledd.features.pathways.domain import Book
from bindeledd.features.patients.domain.identifiers import organisation_number
from bindeledd.features.staff import queries as staff
from bindeledd.foundation.errors import Invalid


def followed_today(
    session: Session,
    case: Case,
    book: Book,
    history: Sequence[Event],
    alone: joining.Places | None = None,
) -> joining.Today:
    """The local routines that the case would follow if it began, or opened again, today.

    `alone`: where its unit and its team stand, if that is known. Of a case that nobody has taken
    over, and for which nobody is named, nothing else decides.
    """
    meets = joining.taken_over(history) is not None or joining.named(history) is not None
    places = _places(session, case, history) if meets or alone is None else alone
    return joining.followed_today(book, case, history, places)


def _places(session: Session, case: Case, history: Sequence[Event] = ()) -> joining.Places:
    naming = joining.named(history)
    sender = None if naming is None else naming.facts.get(SENDER)
    return joining.Places(
        unit=None if case.unit_id is None else staff.find_unit_place(session, case.unit_id),
        team=staff.team_place(session, case.responsible_team_id),
        sender=None if sender is None else staff.team_place(session, UUID(str(sender))),
        kinds=staff.organisation_kinds(session, case.tenant_id),
    )


def brought(session: Session, case: Case, book: Book, history: Sequence[Event]) -> list[str]:
    """The layers (`id@version`) that the team brings which answers for the case from now on."""
    found = book.layers_brought(
        case.pathway_id, *staff.team_place(session, case.responsible_team_id)
    )
    return joining.not_followed([layer.key for layer in found], case.layers, history)


def with_brought(
    session: Session, case: Case, event: NewEvent, book: Book
) -> tuple[Case, NewEvent]:
    """The case with what its new team brings, and the acceptance that says which layers these are."""
    history = queries.events_of(session, case.id)
    keys = brought(session, case, book, history)
    after = replace(case, layers=joining.with_brought(case.layers, history, keys))
    return after, replace(event, facts={**event.facts, BROUGHT: keys})


def with_agreed(
    session: Session, case: Case, new: Sequence[NewEvent], book: Book, *, opens: bool = False
) -> tuple[Case, Sequence[NewEvent]]:
    """The case with what its organisation and a receiver that is named have agreed, and the events
    with what they say of it. A receiver of the same organisation that is named instead of another
    one ends what was agreed with that one; a handover within it changes nothing.

    `opens`: nothing of it is written yet. Raises `BadFact` for an organisation that there is not.
    """
    if not any(joining.is_naming(event) for event in new):
        return case, new
    history = () if opens else queries.events_of(session, case.id)
    places, said = _places(session, case), []
    for event in new:
        if joining.is_naming(event):
            event = _known(event, case, places)
            if _another(event, places, history):
                case, event = _agreed(case, event, places, history, book)
        said.append(event)
    return case, said


def corrected(
    session: Session, case: Case, new: Sequence[NewEvent], wrong: Collection[UUID], book: Book
) -> tuple[Case, Sequence[NewEvent]]:
    """The case without what joined by these events, which are marked as errors by now, and the event
    that says so with what is followed instead: what was agreed with the one named before counts again.
    """
    history = queries.events_of(session, case.id)
    settled = joining.said_by(history, wrong)
    if not settled:
        return case, new
    before, layers = joining.as_before(history, wrong), case.layers
    facts: dict[str, list[str]] = {}
    if BROUGHT in settled:
        stands = joining.taken_over(history) is not None
        facts[BROUGHT] = brought(session, case, book, before) if stands else []
        layers = joining.with_brought(layers, before, facts[BROUGHT])
    if AGREED in settled:
        naming, places = joining.named(history), _places(session, case, history)
        found = () if naming is None else joining.agreed_with(book, case, places, naming)
        facts[AGREED] = list(found)
        layers = joining.with_agreed(layers, before, found)
    said = [
        replace(event, facts={**event.facts, **facts})
        if event.kind is EventKind.MARKED_IN_ERROR
        else event
        for event in new
    ]
    return replace(case, layers=layers), said


def _another(event: NewEvent, places: joining.Places, history: Sequence[Event]) -> bool:
    """Does it name an end of an agreement: another organisation, or one's own instead of another?"""
    receiver, before = str(event.facts[RECEIVER]), joining.receiver_of(history)
    if receiver != places.team[0]:
        return True
    return event.kind is EventKind.RECEIVER_NAMED and bool(before) and receiver not in before


def _known(event: NewEvent, case: Case, places: joining.Places) -> NewEvent:
    """What a person names is one of the installation's, or an organisation number."""
    receiver = str(event.facts[RECEIVER])
    if event.kind is EventKind.HANDOVER_SENT:
        return event
    if receiver not in places.kinds:
        try:
            receiver = organisation_number(receiver)
        except Invalid as wrong:
            raise telling.BadFact(fact=RECEIVER) from wrong
    kind = places.kinds.get(receiver, joining.NOBODY_WE_KNOW)
    sender = str(case.responsible_team_id)
    return replace(
        event, facts={**event.facts, RECEIVER: receiver, RECEIVER_KIND: kind, SENDER: sender}
    )


def _agreed(
    case: Case,
    event: NewEvent,
    places: joining.Places,
    history: Sequence[Event],
    book: Book,
) -> tuple[Case, NewEvent]:
    keys = joining.agreed_with(book, case, places, event)
    after = replace(case, layers=joining.with_agreed(case.layers, history, keys))
    return after, replace(event, facts={**event.facts, AGREED: list(keys)})
