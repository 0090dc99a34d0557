"""By what a case is planned: the pathway that it follows, its teams, units and calendars."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.cases.domain import Case, Event, planning
from bindeledd.features.cases.domain.joining import Places as Standing
from bindeledd.features.cases.domain.joining import joined
from bindeledd.features.cases.domain.staying import stays
from bindeledd.features.cases.service.following import followed_today
from bindeledd.features.pathways.domain import Book
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Owners
from bindeledd.foundation.calendars import Calendar

Places = dict[tuple[UUID, UUID | None], tuple[Owners, dict[UUID, Calendar]]]


def frame_of(
    session: Session,
    case: Case,
    book: Book,
    history: Sequence[Event] = (),
    known: Places | None = None,
) -> planning.Frame:
    """The pathway that this case follows, its teams and their calendars.

    `history` names the units of its stays: each owes what is owed after its own discharge.
    `known` keeps what was asked of a team and unit, for work over many cases.
    """
    known, where = {} if known is None else known, (case.responsible_team_id, case.unit_id)
    if where not in known:
        known[where] = staff.frame(session, team_id=where[0], unit_id=where[1])
    place, calendars = known[where]
    return _framed(session, case, book, history, place, calendars)


def frame_today(
    session: Session,
    case: Case,
    book: Book,
    history: Sequence[Event] = (),
    known: staff.Frame | None = None,
) -> tuple[Case, planning.Frame]:
    """The case with the local routines that are for its unit today, and its frame.

    `known`: for whoever has asked of its team and unit already.
    """
    place, calendars = known or staff.frame(
        session, team_id=case.responsible_team_id, unit_id=case.unit_id
    )
    unit = None if case.unit_id is None else (place.unit_key, place.unit_kind, place.organisation)
    alone = Standing(unit=unit, team=(place.team_organisation, place.team_units))
    case = replace(case, layers=followed_today(session, case, book, history, alone).layers)
    return case, _framed(session, case, book, history, place, calendars)


def _framed(
    session: Session,
    case: Case,
    book: Book,
    history: Sequence[Event],
    place: Owners,
    calendars: Mapping[UUID, Calendar],
) -> planning.Frame:
    return planning.Frame(
        book=book,
        pathway=book.followed(case.pathway_id, case.pathway_version, case.layers),
        teams=place.teams,
        holders=place.holders,
        units=_unit_teams(session, case, place.teams, history),
        calendars=calendars,
        layers=case.layers,
        joined=joined(history),
        stays=stays(history),
    )


def _unit_teams(
    session: Session, case: Case, teams: Mapping[str, UUID], history: Sequence[Event]
) -> dict[UUID, UUID]:
    """The team behind each unit of the history; asked only where there is another than the case's."""
    known = {}
    if case.unit_id is not None and "discharging_unit" in teams:
        known[case.unit_id] = teams["discharging_unit"]
    named = {UUID(str(e.facts["unit_id"])) for e in history if e.facts.get("unit_id")}
    others = named - known.keys()
    return known if not others else known | staff.unit_teams(session, case.tenant_id, others)
