"""Register a contact: the usual outcomes are one press each, the others stand behind them."""

from collections.abc import Collection
from enum import StrEnum
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.casefile.pages.doing import More, Small, happened, insist
from bindeledd.features.casefile.pages.scripting import rests_on, script
from bindeledd.features.casefile.service.contacting import SaidByNobody, register_contact
from bindeledd.features.casefile.service.trying import counts_as_the_last
from bindeledd.features.cases.domain import Event, EventKind
from bindeledd.features.cases.service.offering import offer_again
from bindeledd.features.contacts.domain import Channel, Direction, NewContact, Outcome
from bindeledd.features.pathways.domain import Book
from bindeledd.foundation.http import current_actor, now
from bindeledd.foundation.http.forms import Form
from bindeledd.foundation.texts import t

USUAL = (
    Outcome.SPOKE_WITH_PATIENT,
    Outcome.NO_ANSWER,
    Outcome.VOICEMAIL_LEFT_DISCREET,
    Outcome.ANSWERED_BY_NEXT_OF_KIN,
    Outcome.PATIENT_ATTENDED,
)
OTHERS = tuple(outcome for outcome in Outcome if outcome not in USUAL)
# What contradicts the word that the person has died.
ALIVE = tuple(outcome for outcome in Outcome if outcome.counts_as_reached)


class StillStands(StrEnum):
    """What the person said, in a contact, of whether the next appointment still stands."""

    YES = "yes"
    NO = "no"
    NOT_ASKED = "not_asked"


_PLACES = {
    "appointment.in_past": "still_stands",
    "appointment.action_refused": "still_stands",
    "contact.channel_contradicts": "channel",
    "contact.call_back_when": "next_on",
    "contact.next_in_past": "next_on",
    "contact.in_future": "happened_on",
    "contact.offer_again_without_no": "offer_again_on",
    "contact.message_not_safe": "although",
    "contact.said_by_nobody": "still_stands",
    "case.offer_again_too_soon": "offer_again_on",
    "case.offer_again_too_late": "offer_again_on",
}


def add(bp: Blueprint, book: Book) -> None:
    """Put the page of contacts on `bp`."""
    page = Small(
        book=book, template="contact", places=_PLACES, more=_outcomes(book), beside="registered"
    )

    @bp.get("/cases/<uuid:case_id>/contact")
    def contact(case_id: UUID) -> ResponseReturnValue:
        way = request.args.get("channel", "")
        known = way in [one.value for one in Channel]
        return page.show(case_id, Form(values={"channel": way}) if known else None)

    @bp.post("/cases/<uuid:case_id>/contact")
    def do_contact(case_id: UUID) -> ResponseReturnValue:
        def act(session: Session, form: Form) -> str:
            new = _read(form)
            when, _ = happened(form)
            done = register_contact(
                session,
                case_id,
                new,
                still_stands=_that_it_stands(form, new),
                happened_at=when,
                by=current_actor(),
                at=now(),
                book=book,
            )
            became = _became(done.recorded.events)
            told = done.recorded
            same = became == "attempted" and counts_as_the_last(
                session, told.case, told.events, book=book
            )
            if form.text("still_stands") == StillStands.NO:
                return "reached_not_standing"
            return "attempted_same" if same else became

        return page.do(case_id, act)


def _that_it_stands(form: Form, new: NewContact) -> UUID | None:
    """The appointment of which the person said that it stands; None where nobody asked, or they said
    no: then it is owed still. Only whoever was spoken with has said either."""
    said, about = form.one_of("still_stands", StillStands), form.id("still_stands_of")
    if said is StillStands.NO and not new.reached:
        raise SaidByNobody(outcome=new.outcome.value)
    insist(form)
    return about if said is StillStands.YES else None


def _became(events: Collection[Event]) -> str:
    """Which notice says what the contact did to what is owed."""
    kinds = {event.kind: event.facts for event in events}
    if EventKind.DECLINED in kinds:
        closed = kinds[EventKind.DECLINED].get("offer_again_chosen")
        return "declined_closed" if closed else "declined"
    if EventKind.DEATH_REPORTED in kinds:
        return "death_reported"
    return "reached" if EventKind.REACHED in kinds else "attempted"


def _outcomes(book: Book) -> More:
    """Where a death is reported nobody makes contact: only that the person was met after all."""

    def more(session: Session, file: CaseFile, _form: Form) -> dict[str, object]:
        if file.death or not file.pathway_known:
            usual, others = (ALIVE, ()) if file.death else (USUAL, OTHERS)
            return {"usual": usual, "others": others, "script": ()}
        by, at = current_actor(), now()
        again = offer_again(session, file.case.id, by=by, at=at, book=book)
        said = {"script": script(book, file), "rests_on": rests_on}
        return {"usual": USUAL, "others": OTHERS, "offer": again.offer, **said}

    return more


def _read(form: Form) -> NewContact:
    """What was pressed; or, where that was *save*, what was chosen among the other outcomes."""
    pressed = form.one_of("outcome", Outcome)
    chosen = pressed or form.one_of("other", Outcome, t("casefile.contact.choose"))
    channel = form.one_of("channel", Channel)
    direction = form.one_of("direction", Direction) or Direction.OUT
    again, _ = form.moment("next_on", "next_time", at=now())
    if again is not None and not form.text("next_time"):
        form.wrong("next_time", t("casefile.form.time_needed"))
    offered = form.day("offer_again_on")
    insist(form)
    outcome = chosen or Outcome.NO_ANSWER
    return NewContact(
        outcome=outcome,
        channel=channel,
        direction=direction,
        words=form.text("words"),
        whom=form.text("whom"),
        although=form.text("although"),
        next_attempt=again,
        offer_again_on=offered,
        substantive=form.ticked("substantive"),
    )
