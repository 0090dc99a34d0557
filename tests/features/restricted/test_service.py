"""A record that only those named in it may open, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access.domain import OutOfSight
from bindeledd.features.audit.queries import subject_log
from bindeledd.features.audit.tables import AuditEventRow
from bindeledd.features.restricted import service
from bindeledd.features.restricted.domain import (
    LastReader,
    NothingSaid,
    OpenedByMember,
    ReaderUnknown,
    Record,
    RestrictedNotFound,
)
from bindeledd.features.restricted.tables import (
    RestrictedEntryRow,
    RestrictedReaderRow,
    RestrictedRow,
)
from bindeledd.features.staff.domain import Actor, LeadOnly, command
from bindeledd.features.staff.tables import MemberRow
from bindeledd.foundation.ids import new_id
from builders import MONDAY, Followed, a_site

AT = MONDAY + timedelta(days=3)
FOUND = "Timen ble flyttet uten at noen sa fra"


class Review(Followed):
    """Berit leads the team; Anna works in it, Carl and Dina in another one."""

    def opened(self) -> Record:
        return service.open_record(
            self.session, self.case_id, title="Gjennomgang", by=self.site.berit, at=AT
        )

    def name(self, record: Record, whom: Actor, by: Actor | None = None) -> None:
        assert whom.id is not None
        service.name_reader(
            self.session, record.id, member_id=whom.id, by=by or self.site.berit, at=AT
        )

    def end(self, record: Record, whom: Actor, by: Actor | None = None) -> None:
        assert whom.id is not None
        service.end_reader(
            self.session, record.id, member_id=whom.id, by=by or self.site.berit, at=AT
        )

    def left(self, whom: Actor, *, active: bool = False) -> None:
        found = sa.update(MemberRow).where(MemberRow.id == whom.id)
        self.session.execute(found.values(active=active))

    def read(self, record: Record, by: Actor) -> Record:
        return service.show(self.session, record.id, by=by, at=AT)


@pytest.fixture
def review(session: Session) -> Review:
    return Review(session)


def test_s215_only_those_who_are_named_open_a_review(review: Review) -> None:
    record = review.opened()
    service.write(review.session, record.id, words=FOUND, by=review.site.berit, at=AT)
    assert [one.words for one in review.read(record, review.site.berit).entries] == [FOUND]
    others = (review.site.anna, review.site.dina, command(review.site.tenant))
    for whoever in others:
        with pytest.raises(RestrictedNotFound):
            review.read(record, whoever)
        with pytest.raises(RestrictedNotFound):
            service.write(review.session, record.id, words="Mer", by=whoever, at=AT)
        with pytest.raises(RestrictedNotFound):
            review.name(record, review.site.carl, by=whoever)
    assert service.show_own(review.session, by=review.site.anna, at=AT) == []


def test_s215_whoever_is_named_sees_the_record_and_not_the_follow_up(review: Review) -> None:
    record = review.opened()
    review.name(record, review.site.carl)
    review.name(record, review.site.carl)
    assert review.read(record, review.site.carl).title == "Gjennomgang"
    [mine] = service.show_own(review.session, by=review.site.carl, at=AT)
    assert mine.id == record.id
    with pytest.raises(OutOfSight):
        service.open_record(
            review.session, review.case_id, title="En til", by=review.site.carl, at=AT
        )


def test_a_record_is_opened_by_the_lead_of_the_team_that_answers_in_person(review: Review) -> None:
    def by(whoever: Actor, title: str = "Gjennomgang") -> Record:
        return service.open_record(review.session, review.case_id, title=title, by=whoever, at=AT)

    with pytest.raises(LeadOnly):
        by(review.site.anna)
    with pytest.raises(OpenedByMember):
        by(command(review.site.tenant))
    with pytest.raises(NothingSaid):
        by(review.site.berit, "   ")


def test_it_is_never_left_to_nobody(review: Review) -> None:
    record = review.opened()
    with pytest.raises(LastReader):
        review.end(record, review.site.berit)
    review.name(record, review.site.anna)
    review.left(review.site.anna)
    with pytest.raises(LastReader):  # named, and gone from the house
        review.end(record, review.site.berit)
    review.left(review.site.anna, active=True)
    review.end(record, review.site.berit)
    with pytest.raises(RestrictedNotFound):
        review.read(record, review.site.berit)
    assert len(review.read(record, review.site.anna).readers) == 2


def test_where_all_have_left_the_lead_names_somebody_and_nobody_else_does(review: Review) -> None:
    record = review.opened()
    review.name(record, review.site.anna)
    review.end(record, review.site.berit, by=review.site.anna)
    with pytest.raises(RestrictedNotFound):
        review.name(record, review.site.berit)
    review.left(review.site.anna)
    for whoever in (review.site.dina, command(review.site.tenant)):
        with pytest.raises(RestrictedNotFound):
            review.name(record, review.site.carl, by=whoever)
    review.name(record, review.site.berit)
    assert review.read(record, review.site.berit).title == "Gjennomgang"


def test_whoever_does_not_work_here_now_is_not_named(review: Review) -> None:
    record = review.opened()
    review.left(review.site.carl)
    abroad = a_site(review.session)
    for whoever in (review.site.carl, abroad.anna):
        with pytest.raises(ReaderUnknown):
            review.name(record, whoever)
    elsewhere = replace(review.site.berit, tenant_id=abroad.tenant)
    with pytest.raises(RestrictedNotFound):
        review.read(record, elsewhere)


@pytest.mark.parametrize("field", ["id", "tenant_id"])
def test_where_somebody_is_named_is_not_moved_when_it_ends(review: Review, field: str) -> None:
    record = review.opened()
    named = sa.update(RestrictedReaderRow).where(RestrictedReaderRow.record_id == record.id)
    ended = {"ended_at": AT, "ended_by": review.site.berit.id}
    with pytest.raises(sa.exc.DBAPIError, match="it ends once"), review.session.begin_nested():
        review.session.execute(named.values({**ended, field: new_id()}))
    review.session.execute(named.values(ended))


def test_what_stands_there_is_sealed_and_each_read_is_in_the_log(review: Review) -> None:
    record = review.opened()
    entry = service.write(review.session, record.id, words=FOUND, by=review.site.berit, at=AT)
    review.read(record, review.site.berit)
    row = review.session.get_one(RestrictedEntryRow, entry.id)
    head = review.session.get_one(RestrictedRow, record.id)
    assert b"flyttet" not in row.words
    assert b"Gjennomgang" not in head.about
    acts = logged(review, record.id)
    assert sorted(acts) == ["restricted.opened", "restricted.shown", "restricted.written"]
    assert "RESTRICTED" not in str(review.kinds()).upper()


def logged(review: Review, subject: UUID) -> list[str]:
    """What the log has of a subject about records of their own."""
    return [
        one.act
        for one in subject_log(review.session, review.site.tenant, subject)
        if one.act.startswith("restricted.")
    ]


def test_whoever_may_read_the_log_of_the_person_does_not_learn_that_there_is_a_review(
    review: Review,
) -> None:
    record = review.opened()
    review.name(record, review.site.anna)
    service.write(review.session, record.id, words=FOUND, by=review.site.anna, at=AT)
    review.read(record, review.site.anna)
    service.show_own(review.session, by=review.site.anna, at=AT)
    review.end(record, review.site.berit)
    review.left(review.site.anna)
    assert len(service.show_left(review.session, by=review.site.berit, at=AT)) == 1
    assert logged(review, review.patient_id) == []
    assert sorted(logged(review, record.id)) == [
        f"restricted.{act}"
        for act in (
            "left_listed",
            "listed",
            "opened",
            "reader_ended",
            "reader_named",
            "shown",
            "written",
        )
    ]
    events = sa.select(AuditEventRow.facts).where(AuditEventRow.act.startswith("restricted."))
    said = str(review.session.scalars(events).all())
    assert str(review.case_id) not in said
    assert str(review.patient_id) not in said
