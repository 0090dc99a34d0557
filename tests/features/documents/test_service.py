"""The discharge summary on both databases."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access.domain import OutOfSight
from bindeledd.features.cases.domain import EventKind
from bindeledd.features.documents import queries, service
from bindeledd.features.documents.domain import (
    Document,
    HowKnown,
    Interim,
    InterimWay,
    RecipientKind,
    SendersWord,
)
from bindeledd.features.documents.service import NewRecipient
from bindeledd.features.documents.service.writing import Filed
from builders import MONDAY, Followed, a_book

LATER = MONDAY + timedelta(hours=3)


class Follow(Followed):
    def begin(self, *recipients: NewRecipient) -> Document:
        return service.begin_summary(
            self.session, self.case_id, recipients, by=self.site.anna, at=LATER
        ).document

    def write(self, document: Document) -> None:
        service.write_summary(self.session, document.id, by=self.site.anna, at=LATER, book=a_book())

    def send(self, document: Document, *kinds: RecipientKind) -> Filed:
        return service.send_summary(
            self.session,
            document.id,
            _ids(document, *kinds),
            by=self.site.anna,
            at=LATER,
            book=a_book(),
        )

    def receive(self, document: Document, how: HowKnown, *kinds: RecipientKind) -> Filed:
        return service.receive_summary(
            self.session,
            document.id,
            _ids(document, *kinds),
            how=how,
            by=self.site.anna,
            at=LATER,
            book=a_book(),
        )


def _ids(document: Document, *kinds: RecipientKind) -> list[UUID]:
    return [one.id for one in document.recipients if not kinds or one.kind in kinds]


@pytest.fixture
def follow(session: Session) -> Follow:
    return Follow(session)


def test_s131_rx01_by_law_three_kinds_should_have_it(follow: Follow) -> None:
    summary = follow.begin()

    assert {one.kind for one in summary.recipients} == {
        RecipientKind.REFERRER,
        RecipientKind.GP,
        RecipientKind.FOLLOW_UP,
    }
    assert len(follow.open("send_summary")) == 1


def test_the_task_is_done_when_all_were_sent_it_and_not_before(follow: Follow) -> None:
    summary = follow.begin()
    follow.write(summary)

    follow.send(summary, RecipientKind.GP, RecipientKind.REFERRER)
    assert len(follow.open("send_summary")) == 1

    follow.send(summary, RecipientKind.FOLLOW_UP)
    assert follow.open("send_summary") == []
    assert EventKind.SUMMARY_RECEIVED not in follow.kinds()


def test_a_phoned_summary_satisfies_nothing(follow: Follow) -> None:
    service.tell_interim(
        follow.session,
        follow.case_id,
        Interim(words="Ringt", whom="Fastlegen", way=InterimWay.PHONE),
        by=follow.site.anna,
        at=LATER,
        book=a_book(),
    )

    assert EventKind.SUMMARY_INTERIM in follow.kinds()
    assert len(follow.open("send_summary")) == 1


def test_an_objection_is_recorded_and_lets_the_rest_be_sent(follow: Follow) -> None:
    summary = follow.begin()
    follow.write(summary)
    service.object_to_summary(
        follow.session,
        summary.id,
        _ids(summary, RecipientKind.GP),
        words={"words": "Vil ikke at fastlegen får den"},
        by=follow.site.anna,
        at=LATER,
        book=a_book(),
    )

    follow.send(summary, RecipientKind.REFERRER, RecipientKind.FOLLOW_UP)

    assert follow.open("send_summary") == []


def test_received_is_an_event_of_its_own_with_how_we_know(follow: Follow) -> None:
    summary = follow.begin()
    follow.write(summary)
    follow.send(summary)

    follow.receive(summary, HowKnown.RECEIPT)

    [found] = queries.documents_of(follow.session, follow.case_id, patient_id=follow.patient_id)
    assert found.is_received
    assert {one.how_known for one in found.recipients} == {HowKnown.RECEIPT}
    assert EventKind.SUMMARY_RECEIVED in follow.kinds()


def test_the_senders_word_is_refused_by_the_service_and_by_the_database(follow: Follow) -> None:
    summary = follow.begin()
    follow.write(summary)
    with pytest.raises(SendersWord):
        follow.receive(summary, HowKnown.COLLEAGUE_SAID)

    with pytest.raises(sa.exc.IntegrityError), follow.session.begin_nested():
        follow.session.execute(
            sa.text(
                "UPDATE document_recipients SET state='received', as_of=sent_at, "
                "how_known='colleague_said'"
            )
        )


def test_who_has_it_by_name_is_sealed(follow: Follow) -> None:
    follow.begin(NewRecipient(kind=RecipientKind.GP, detail={"name": "Dr. Ås"}))

    [found] = queries.documents_of(follow.session, follow.case_id, patient_id=follow.patient_id)

    assert found.recipients[0].sealed == {"name": "Dr. Ås"}
    for row in follow.session.execute(sa.text("SELECT * FROM document_recipients")):
        assert "Ås" not in " ".join(str(value) for value in row if not isinstance(value, bytes))


def test_another_team_finds_nothing(follow: Follow) -> None:
    with pytest.raises(OutOfSight):
        service.begin_summary(follow.session, follow.case_id, by=follow.site.carl, at=LATER)
