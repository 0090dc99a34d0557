"""A Friday, a municipality that does not use the product, and nobody who answers for days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pytest

from bindeledd.features.cases.domain.closing import Ending
from bindeledd.features.cases.service import endings
from bindeledd.features.handovers.domain import Answered, HandoverAction, Way
from bindeledd.features.handovers.domain.outside import Outside
from bindeledd.features.handovers.service import answering, outside
from bindeledd.features.rollcall import queries as rollcall
from bindeledd.features.rollcall.domain import Statement, silences_of
from bindeledd.foundation.db import Database
from bindeledd.foundation.ids import new_id
from builders import a_book
from journeys.story import DAY, HOUR, Story, local


@dataclass
class Outwards:
    """The story, and how it is handed to somebody outside and answered for."""

    story: Story

    def register(self, organisation: str) -> UUID:
        said = Outside(
            id=new_id(),
            tenant_id=self.story.site.tenant,
            organisation=organisation,
            phone="77 00 00 00",
        )
        by, at = self.story.site.anna, self.story.at
        return outside.set_outside(self.story.session, said, by=by, at=at).id

    def send(self, receiver: UUID) -> UUID:
        session, by, at = self.story.session, self.story.site.anna, self.story.at
        case_id, content = self.story.case_id, {"words": "Bor i kommunen"}
        package = outside.prepare(
            session, case_id, outside_id=receiver, content=content, by=by, at=at
        )
        outside.take_out(session, package.id, form="pdf", by=by, at=at, book=a_book())
        way = Way.E_MESSAGE
        sent = outside.send(session, package.id, way=way, words={}, by=by, at=at, book=a_book())
        return sent.handover.id

    def answer(
        self, handover: UUID, action: HandoverAction, first_at: datetime | None = None
    ) -> None:
        answering.answer(
            self.story.session,
            handover,
            action,
            how=Answered.PHONE,
            who="Sara, leder",
            first_at=first_at,
            words={"words": "Sagt på telefon"},
            by=self.story.site.anna,
            at=self.story.at,
            book=a_book(),
        )

    def roll(self) -> Statement:
        self.story.session.commit()
        silences = silences_of(a_book())
        tenant, at = self.story.site.tenant, self.story.at
        return rollcall.derive(self.story.session, tenant, silences=silences, at=at)


@pytest.fixture
def outwards(fresh_database: Database) -> Iterator[Outwards]:
    story = Story(fresh_database, local(2027, 3, 5, 12))
    yield Outwards(story)
    story.session.close()


def test_sent_on_friday_silent_returned_sent_again_accepted_and_signed(outwards: Outwards) -> None:
    story = outwards.story
    first, second = outwards.register("Prøve kommune"), outwards.register("Nabo kommune")
    handover = outwards.send(first)
    [ours] = story.owed("follow_up_handover")

    # Nobody answers: the sender's own clock runs out, and somebody of ours hears of it.
    story.go_on_to(ours.due_at + HOUR)
    assert story.alerts(ours)
    said = outwards.roll()
    assert [(p.receiver, p.sent, p.pending) for p in said.beside.pairs] == [("Prøve kommune", 1, 1)]
    assert (said.registered, said.unseen) == (1, 0)

    # It comes back: everything is owed by the sender, who has to find somebody else.
    outwards.answer(handover, HandoverAction.RETURN)
    assert story.owed("follow_up_handover") == []
    assert {task.owner_team_id for task in story.owed()} == {story.site.team}
    assert story.owed("name_receiver")

    story.go_on_to(story.at + HOUR)
    again = outwards.send(second)
    story.go_on_to(story.at + HOUR)
    outwards.answer(again, HandoverAction.RECEIVE)
    assert story.owed("follow_up_handover")  # received is not accepted
    story.go_on_to(story.at + HOUR)
    outwards.answer(again, HandoverAction.ACCEPT, first_at=story.at + 2 * DAY)

    pairs = {p.receiver: p for p in outwards.roll().beside.pairs}
    assert (pairs["Prøve kommune"].returned, pairs["Nabo kommune"].accepted) == (1, 1)
    assert not any(pair.lost for pair in pairs.values())
    assert story.owed()  # ours until a lead has signed

    session, site, book = story.session, story.site, a_book()
    words, at = {"words": "Kommunen har tatt over"}, story.at + HOUR
    endings.request_closing(
        session,
        story.case_id,
        ending=Ending.MOVED_ON,
        words=words,
        override=True,
        by=site.anna,
        at=at,
        book=book,
    )
    endings.sign_closing(session, story.case_id, words=words, by=site.berit, at=at, book=book)
    story.at = at
    said = outwards.roll()
    assert (said.registered, said.closed_signed, said.unseen) == (1, 1, 0)
