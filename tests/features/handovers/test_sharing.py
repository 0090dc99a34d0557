"""On what ground something is shared: named before it goes, and danger to life is looked at afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from bindeledd.features.casefile.service import packing
from bindeledd.features.cases import queries
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import EventKind, NewEvent, looking_after
from bindeledd.features.cases.domain.looking_after import OwnSharing
from bindeledd.features.cases.service import work
from bindeledd.features.handovers import service
from bindeledd.features.handovers.domain import FirstDate, Way
from bindeledd.features.handovers.domain.outside import Outside
from bindeledd.features.handovers.domain.sharing import GroundNeeded, GroundUnknown, WhyNeeded
from bindeledd.features.handovers.service import Handed, outside
from bindeledd.foundation.ids import new_id
from builders import MONDAY, Followed, a_book, a_site, a_unit, an_open_case
from features.handovers.grounds import CONSENT, DANGER, LAYER, a_book_that_asks

SENT = MONDAY + timedelta(hours=2)


class Follow(Followed):
    """Followed up under a routine that names the grounds of sharing."""

    def __init__(self, session: Session, units: tuple[str, ...] = ()) -> None:
        self.session, self.book = session, a_book_that_asks(*units)
        self.site = a_site(session)
        opened = an_open_case(
            session, self.site, at=MONDAY, discharged_at=MONDAY, unit=True, book=self.book
        )
        self.case_id, self.patient_id = opened.case.id, opened.case.patient_id
        assert (LAYER in opened.case.layers) is (not units)

    def send(self, ground: str = "", why: str = "") -> Handed:
        return service.hand_over(
            self.session,
            self.case_id,
            to_team_id=self.site.other_team,
            words={"words": "Bor i kommunen deres"},
            ground=ground,
            why=why,
            by=self.site.anna,
            at=SENT,
            book=self.book,
        )

    def package(self, ground: str = "") -> outside.Package:
        name = f"Kommunen {new_id()}"
        receiver = outside.set_outside(
            self.session,
            Outside(id=new_id(), tenant_id=self.site.tenant, organisation=name, phone="77000000"),
            by=self.site.anna,
            at=MONDAY,
        )
        return packing.prepare_package(
            self.session,
            self.case_id,
            outside_id=receiver.id,
            phone="55000000",
            words="Bor alene",
            ground=ground,
            by=self.site.anna,
            at=MONDAY + timedelta(hours=1),
            book=self.book,
        )

    def sent(self) -> dict[str, object]:
        events = queries.events_of(self.session, self.case_id)
        return dict(next(e for e in events if e.kind is EventKind.HANDOVER_SENT).facts)


@pytest.fixture
def follow(session: Session) -> Follow:
    return Follow(session)


def test_s205_nothing_is_handed_over_before_a_ground_of_the_list_is_named(follow: Follow) -> None:
    with pytest.raises(GroundNeeded) as refused:
        follow.send()
    assert refused.value.facts["known"] == [CONSENT, DANGER]
    with pytest.raises(GroundUnknown):
        follow.send("because")
    assert EventKind.HANDOVER_SENT not in follow.kinds()
    follow.send(CONSENT)
    assert follow.sent()["ground"] == CONSENT
    assert "ground_reviewed" not in follow.sent()
    assert follow.open("review_sharing") == []


def test_s205_a_package_goes_out_with_its_ground(follow: Follow) -> None:
    with pytest.raises(GroundNeeded):
        follow.package()
    package = follow.package(CONSENT)
    assert package.content["ground"]["key"] == CONSENT
    by, book = follow.site.anna, follow.book
    assert outside.take_out(follow.session, package.id, form="pdf", by=by, at=SENT, book=book)
    outside.send(follow.session, package.id, way=Way.LETTER, words={}, by=by, at=SENT, book=book)
    assert follow.sent()["ground"] == CONSENT


def test_s205_what_a_unit_of_a_later_stay_asks_is_asked_before_anything_is_shared(
    session: Session,
) -> None:
    follow = Follow(session, units=("addiction_ward",))
    follow.package()
    clinic = a_unit(session, follow.site, "clinic", "addiction_ward")
    came = NewEvent(kind=EventKind.ADMITTED, at=MONDAY, facts={"unit_id": str(clinic)})
    cases.record(session, follow.case_id, [came], by=follow.site.anna, at=MONDAY, book=follow.book)
    with pytest.raises(GroundNeeded):
        follow.package()
    with pytest.raises(GroundNeeded):
        follow.send()
    follow.send(CONSENT)
    assert follow.sent()["ground"] == CONSENT


def test_s205_a_routine_without_grounds_asks_for_none(session: Session) -> None:
    plain = Followed(session, unit=True)
    handed = service.hand_over(
        session,
        plain.case_id,
        to_team_id=plain.site.other_team,
        words={},
        by=plain.site.anna,
        at=SENT,
        book=a_book(),
    )
    assert "ground" not in handed.recorded.events[0].facts


def test_s206_danger_to_life_is_shared_with_why_and_looked_at_by_somebody_else(
    follow: Follow,
) -> None:
    with pytest.raises(WhyNeeded):
        follow.send(DANGER, "  ")
    handed = follow.send(DANGER, "Sa på telefon at han ikke orket mer")
    [task] = follow.open("review_sharing")
    assert task.owner_team_id == follow.site.team
    assert task.anchor_event_id == handed.recorded.events[0].id
    assert "orket" not in str(handed.recorded.events[0].facts)

    def look(by: object) -> object:
        return work.complete_task(
            follow.session,
            follow.case_id,
            task.id,
            words={"words": "Riktig, og personen har fått vite det"},
            by=by,  # type: ignore[arg-type]
            at=SENT + timedelta(days=1),
            book=follow.book,
        )

    with pytest.raises(OwnSharing):
        look(follow.site.anna)
    look(follow.site.berit)
    assert follow.open("review_sharing") == []
    done = queries.events_of(follow.session, follow.case_id)[-1]
    assert (done.kind, done.recorded_by) == (EventKind.TASK_DONE, follow.site.berit.id)


def test_who_chose_the_ground_of_a_package_does_not_look_at_it_though_another_sent_it(
    follow: Follow,
) -> None:
    session, case_id, book = follow.session, follow.case_id, follow.book
    anna, berit = follow.site.anna, follow.site.berit
    package = follow.package(DANGER)
    outside.take_out(session, package.id, form="pdf", by=berit, at=SENT, book=book)
    outside.send(
        session, package.id, way=Way.LETTER, words={}, why="Fare", by=berit, at=SENT, book=book
    )
    [task] = follow.open("review_sharing")
    history = queries.events_of(session, case_id)
    for by in (anna, berit):
        with pytest.raises(OwnSharing):
            looking_after.check_other(task, history, by.id)
    looking_after.check_other(task, history, follow.site.carl.id)


def test_s206_the_look_stays_with_those_who_shared_when_others_take_over(follow: Follow) -> None:
    handed = follow.send(DANGER, "Fare for livet")
    service.accept(
        follow.session,
        handed.handover.id,
        first=FirstDate(due_at=SENT + timedelta(days=1)),
        words={},
        by=follow.site.carl,
        at=SENT + timedelta(hours=1),
        book=follow.book,
    )
    [task] = follow.open("review_sharing")
    assert task.owner_team_id == follow.site.team
    assert follow.case().responsible_team_id == follow.site.other_team
