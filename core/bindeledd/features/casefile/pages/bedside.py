"""Before the person goes home: everything that is asked then, on one page, each answer optional.

What is not answered is not written, and stands as not asked. And that somebody left unassessed.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.casefile.domain import CaseFile, NotRevealed
from bindeledd.features.casefile.domain.bedside import (
    Bedside,
    Consent,
    NewRelative,
    PlanAnswer,
    Tried,
)
from bindeledd.features.casefile.pages import family
from bindeledd.features.casefile.pages.asking import own_facts, routine_of
from bindeledd.features.casefile.pages.doing import Small, happened, insist
from bindeledd.features.casefile.pages.person import patient_of, version_of
from bindeledd.features.casefile.pages.waiting import plan_again
from bindeledd.features.casefile.service import bedside as service
from bindeledd.features.cases.domain import EventKind
from bindeledd.features.pathways.domain import Book
from bindeledd.features.patients.domain import BornHow, ContactWay, Identity, Patient, VerifiedHow
from bindeledd.features.relatives import queries as near
from bindeledd.features.relatives.domain import Answer, Carer, Family
from bindeledd.foundation.http import current_actor, now
from bindeledd.foundation.http.forms import ZONE, Form, day_words, local_day
from bindeledd.foundation.texts import t

_PLACES = {
    "bedside.ask_again_when": "ask_again_on",
    "bedside.plan_again_without_later": "plan_again_on",
    "case.offer_again_too_soon": "plan_again_on",
    "case.offer_again_too_late": "plan_again_on",
    "relatives.ask_again_ahead": "relatives_again_on",
    "relatives.nobody_named": "name",
    "relatives.birth_year_makes_no_sense": "children",
    "case.event_in_future": "happened_on",
    "bedside.born_ahead": "born_on",
}
# What is asked here that packs may ask more with, in the order of the page; and its field for words.
ASKED = {
    EventKind.CONTACT_CONSENT_ASKED: "consent_words",
    EventKind.NUMBER_VERIFIED: "",
    EventKind.INTERPRETER_ASKED: "",
    EventKind.PLAN_OFFERED: "plan_words",
}


def add(bp: Blueprint, book: Book) -> None:
    """Put the page before going home, and that of leaving unassessed, on `bp`."""
    whole = Small(book=book, template="bedside", places=_PLACES, more=_shown(book), reveal=True)
    hidden = replace(whole, reveal=False)

    @bp.get("/cases/<uuid:case_id>/bedside")
    def bedside(case_id: UUID) -> ResponseReturnValue:
        try:
            return whole.show(case_id)
        except NotRevealed:  # the numbers are the responsible team's: the rest is asked here
            return hidden.show(case_id)

    @bp.post("/cases/<uuid:case_id>/bedside")
    def write_bedside(case_id: UUID) -> ResponseReturnValue:
        try:
            return whole.do(case_id, _writing(case_id, book))
        except NotRevealed:
            return hidden.do(case_id, _writing(case_id, book))

    page = Small(book=book, template="left", places=_PLACES)

    @bp.get("/cases/<uuid:case_id>/left")
    def left(case_id: UUID) -> ResponseReturnValue:
        return page.show(case_id)

    @bp.post("/cases/<uuid:case_id>/left")
    def leave(case_id: UUID) -> ResponseReturnValue:
        def act(session: Session, form: Form) -> str:
            when, date_only = happened(form)
            service.leave_before_assessment(
                session,
                case_id,
                happened_at=when,
                date_only=date_only,
                words=form.text("words"),
                by=current_actor(),
                at=now(),
                book=book,
            )
            return "left"

        return page.do(case_id, act)


def _writing(case_id: UUID, book: Book) -> Callable[[Session, Form], str]:
    def act(session: Session, form: Form) -> str:
        was = patient_of(session, case_id)
        said = _read(session, was, form, book)
        when, date_only = happened(form)
        insist(form)
        service.write_bedside(
            session,
            case_id,
            said,
            happened_at=when,
            date_only=date_only,
            version=version_of(form),
            by=current_actor(),
            at=now(),
            book=book,
        )
        return "bedside"

    return act


# --- what was answered ----------------------------------------------------------------------------


def _read(session: Session, was: Patient, form: Form, book: Book) -> Bedside:
    numbers = list(_numbers(form, was)) if form["version"] else []
    ways = tuple(way for way, _ in numbers)
    language = form.text("language")
    known = was.identity.language if was.identity else None
    born_on, born_how = _born(form, was)
    return Bedside(
        consent=form.one_of("contact_consent", Consent),
        ask_again_on=form.day("ask_again_on"),
        consent_words=form.text("consent_words"),
        ways=ways if ways != (was.contact_ways or ()) and numbers else None,
        tried=tuple(Tried(value=way.value, how=how) for way, how in numbers if how is not None),
        interpreter=form.yes_no("interpreter"),
        language=language if language != (known or "") else None,
        born_on=born_on,
        born_how=born_how,
        plan=form.one_of("plan", PlanAnswer),
        plan_words=form.text("plan_words"),
        plan_again_on=form.day("plan_again_on"),
        relatives=form.one_of("answer", Answer),
        relatives_again_on=form.day("relatives_again_on"),
        relatives_words=form.text("relatives_words"),
        relative=NewRelative(
            name=form.text("name"),
            relation=form.text("relation"),
            phone=form.text("phone"),
            nearest=form.ticked("nearest"),
            unsafe_to_contact=form.ticked("unsafe"),
            carer=form.one_of("carer", Carer),
        ),
        children=_children(session, was, form),
        facts={
            kind: own_facts(book, kind.value, form, words=words) for kind, words in ASKED.items()
        },
    )


def _born(form: Form, was: Patient) -> tuple[date | None, BornHow]:
    """The birth date with how it is known, where something else was stated than is known."""
    who = was.identity or Identity()
    born_on = form.day("born_on")
    how = form.one_of("born_how", BornHow) or BornHow.PERSON_SAID
    return (None if (born_on, how) == (who.born_on, who.born_how) else born_on), how


def _numbers(form: Form, was: Patient) -> Iterator[tuple[ContactWay, VerifiedHow | None]]:
    """Each way with what was said of it, and how it was tried just now; then a new number."""
    for n, way in enumerate(was.contact_ways or ()):
        yield _way(form, str(n), way)
    value = form.text("value_new")
    if value:
        yield _way(
            form, "new", ContactWay(value=value, label=form.text("label_new"), source="person")
        )
    elif any(form.text(f"{name}_new") for name in ("label", "best", "safe", "message", "how")):
        form.wrong("value_new", t("casefile.bedside.number_needed"))


def _way(form: Form, n: str, was: ContactWay) -> tuple[ContactWay, VerifiedHow | None]:
    said = replace(
        was,
        safe_to_call=form.yes_no(f"safe_{n}"),
        safe_to_leave_message=form.yes_no(f"message_{n}"),
        best_time=form.text(f"best_{n}"),
    )
    return said, form.one_of(f"how_{n}", VerifiedHow)


_OF_CHILDREN = ("children_number", "children", "siblings_number", "siblings", "told")


def _children(session: Session, was: Patient, form: Form) -> Family | None:
    """What was answered of children and siblings; what was not stays as it was known."""
    if not (form.ticked("children_unknown") or any(form.text(name) for name in _OF_CHILDREN)):
        return None
    found = near.find_family(session, was.id, tenant_id=was.tenant_id)
    known = (found[0] if found else None) or Family()
    children, siblings = family.young(form, "children"), family.young(form, "siblings")
    told = form.yes_no("told")
    if children is None and not form.ticked("children_unknown"):
        children = known.children
        if children is None:
            form.wrong("children_number", t("casefile.family.number_needed"))
    return Family(
        children=children,
        siblings=known.siblings if siblings is None else siblings,
        child_contact_told=known.child_contact_told if told is None else told,
        words=known.words,
    )


# --- what is shown ----------------------------------------------------------------------------------


def _shown(book: Book) -> Callable[[Session, CaseFile, Form], Mapping[str, Any]]:
    def more(session: Session, file: CaseFile, form: Form) -> dict[str, Any]:
        ways = file.patient.contact_ways or ()
        who = file.patient.identity
        typed = dict(form.values) if form.values else _as_typed(ways, who or Identity())
        return {
            "rows": None if file.patient.contact_ways is None else ways,
            "value": typed | {"version": form["version"] or str(file.patient.version)},
            "hows": [how.value for how in VerifiedHow],
            "born_hows": [how.value for how in BornHow],
            "plans": [answer.value for answer in PlanAnswer],
            "offer": plan_again(session, file, book),
            "consents": [answer.value for answer in Consent],
            "answers": [answer.value for answer in Answer],
            "carers": [carer.value for carer in Carer],
            "own_fields": _own(book, file),
            "next_week": _in_a_week(file.at),
        }

    return more


def _as_typed(ways: tuple[ContactWay, ...], who: Identity) -> dict[str, str]:
    """What is known already, as it would have been typed."""
    asked = {True: "yes", False: "no", None: ""}
    known = {
        "language": who.language or "",
        "born_on": day_words(who.born_on) if who.born_on else "",
        "born_how": who.born_how.value if who.born_how else "",
    }
    for n, way in enumerate(ways):
        known |= {
            f"safe_{n}": asked[way.safe_to_call],
            f"message_{n}": asked[way.safe_to_leave_message],
            f"best_{n}": way.best_time,
        }
    return known


def _own(book: Book, file: CaseFile) -> dict[str, Any]:
    routine = routine_of(book, file)
    return {kind.value: book.asked_with(kind.value, routine) for kind in ASKED}


def _in_a_week(at: datetime) -> str:
    """A day as an example of what may be typed."""
    return local_day(at.astimezone(ZONE) + timedelta(days=7))
