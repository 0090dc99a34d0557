"""Ask about relatives; ask about children and siblings: number and birth years are enough.

Where a death is confirmed: what those who are left behind were offered.
"""

from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.access import service as access
from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.casefile.pages.doing import Small, happened, insist, words_of
from bindeledd.features.cases.domain import EventKind
from bindeledd.features.cases.domain.telling import ASKED_AGAIN
from bindeledd.features.cases.service import saying
from bindeledd.features.cases.service.offering import offer_bereaved_again
from bindeledd.features.pathways.domain import Book
from bindeledd.features.relatives import service
from bindeledd.features.relatives.domain import Answer, Carer, Family, Young
from bindeledd.foundation.http import current_actor, now
from bindeledd.foundation.http.forms import Form
from bindeledd.foundation.http.problems import NoSuchPage
from bindeledd.foundation.texts import refusal_text, t

_PLACES = {
    "relatives.nobody_named": "name",
    "relatives.ask_again_ahead": "ask_again_on",
    "relatives.birth_year_makes_no_sense": "children",
    "case.event_in_future": "happened_on",
    "case.offer_again_too_soon": "offer_again_on",
    "case.offer_again_too_late": "offer_again_on",
}
_YEAR = "relatives.birth_year_makes_no_sense"
_MOST = 30
# What may be said of those who are left behind, and how they answered; see `pathways.domain.words`.
_BEREAVED = (EventKind.BEREAVED_OFFERED, EventKind.BEREAVED_CHILDREN_OFFERED)
_THEY_SAID = ("accepted", "later", "declined", "none")
_TOLD = {True: "yes", False: "no", None: ""}


def add(bp: Blueprint, book: Book) -> None:
    """Put the pages of relatives and children on `bp`."""
    _asking_relatives(bp, Small(book=book, template="relatives", places=_PLACES, more=_answers))
    _bereaved(bp, book)
    page = Small(book=book, template="children", places=_PLACES, more=_known)

    @bp.get("/cases/<uuid:case_id>/children")
    def children(case_id: UUID) -> ResponseReturnValue:
        return page.show(case_id)

    @bp.post("/cases/<uuid:case_id>/children")
    def ask_children(case_id: UUID) -> ResponseReturnValue:
        def act(session: Session, form: Form) -> str:
            family = _family(form)
            when, _ = happened(form)
            service.ask_about_children(
                session,
                case_id,
                family=family,
                asked_at=when,
                by=current_actor(),
                at=now(),
                book=book,
            )
            return "children_asked"

        return page.do(case_id, act)


def _asking_relatives(bp: Blueprint, page: Small) -> None:
    @bp.get("/cases/<uuid:case_id>/relatives")
    def relatives(case_id: UUID) -> ResponseReturnValue:
        return page.show(case_id)

    @bp.post("/cases/<uuid:case_id>/relatives")
    def ask_relatives(case_id: UUID) -> ResponseReturnValue:
        def act(session: Session, form: Form) -> str:
            needed = "" if _is_named(form) else t("casefile.family.answer_needed")
            answer = form.one_of("answer", Answer, needed)
            when, _ = happened(form)
            if answer is None:
                patient = access.require_case(session, current_actor(), case_id)
                _add_relative(session, patient, form, words=form.text("words"))
                return "relative_changed"
            done = service.ask_about_relatives(
                session,
                case_id,
                answer=answer,
                words=form.text("words"),
                asked_at=when,
                ask_again_on=form.day("ask_again_on"),
                by=current_actor(),
                at=now(),
                book=page.book,
            )
            _add_relative(session, done.case.patient_id, form, unsafe=answer is Answer.UNSAFE)
            return "relatives_asked"

        return page.do(case_id, act)


def _is_named(form: Form) -> bool:
    return any(form.text(name) for name in ("name", "relation", "phone"))


def _add_relative(
    session: Session, patient_id: UUID, form: Form, *, unsafe: bool = False, words: str = ""
) -> None:
    """Write down the relative who was named in the form, if one was."""
    if not _is_named(form):
        return
    service.add_relative(
        session,
        patient_id,
        name=form.text("name"),
        relation=form.text("relation"),
        phone=form.text("phone"),
        words=words,
        nearest=form.ticked("nearest"),
        unsafe_to_contact=unsafe or form.ticked("unsafe"),
        carer=form.one_of("carer", Carer),
        by=current_actor(),
        at=now(),
    )


def _bereaved(bp: Blueprint, book: Book) -> None:
    """The page of those who are left behind, by the kind of event that it records."""

    @bp.get("/cases/<uuid:case_id>/bereaved/<kind>")
    def bereaved(case_id: UUID, kind: str) -> ResponseReturnValue:
        return _of_bereaved(book, kind).show(case_id)

    @bp.post("/cases/<uuid:case_id>/bereaved/<kind>")
    def do_bereaved(case_id: UUID, kind: str) -> ResponseReturnValue:
        def act(session: Session, form: Form) -> str:
            answer = form.text("bereaved")
            if answer not in _THEY_SAID:
                form.wrong("bereaved", t("web.form.choose"))
            words = words_of(form, needed=t("casefile.bereaved.words_needed"))
            again = form.day("offer_again_on")
            if again is not None and answer not in ASKED_AGAIN:
                form.wrong("offer_again_on", t("casefile.bereaved.again_without_no"))
            when, date_only = happened(form)
            insist(form)
            done = saying.tell(
                session,
                case_id,
                EventKind(kind),
                happened_at=when,
                date_only=date_only,
                facts={"bereaved": answer},
                offer_again_on=again,
                words=words,
                by=current_actor(),
                at=now(),
                book=book,
            )
            _add_relative(session, done.case.patient_id, form)
            return "said"

        return _of_bereaved(book, kind).do(case_id, act)


def _of_bereaved(book: Book, kind: str) -> Small:
    if kind not in _BEREAVED:
        raise NoSuchPage()

    def more(session: Session, file: CaseFile, _form: Form) -> dict[str, object]:
        if file.death != EventKind.DEATH_CONFIRMED:
            raise NoSuchPage()
        by, at = current_actor(), now()
        again = offer_bereaved_again(
            session, file.case.id, EventKind(kind), by=by, at=at, book=book
        )
        return {"kind": kind, "answers": _THEY_SAID, "offer": again.offer}

    return Small(book=book, template="bereaved", places=_PLACES, more=more)


def _answers(_session: Session, _file: CaseFile, _form: Form) -> dict[str, object]:
    return {
        "answers": [answer.value for answer in Answer],
        "carers": [carer.value for carer in Carer],
    }


def _family(form: Form) -> Family:
    told = form.text("told")
    family = Family(
        children=young(form, "children"),
        siblings=young(form, "siblings"),
        child_contact_told={"yes": True, "no": False}.get(told),
        words=form.text("words"),
    )
    if (family.children is None) is not form.ticked("children_unknown"):
        form.wrong("children_number", t("casefile.family.number_needed"))
    insist(form)
    return family


def _known(_session: Session, file: CaseFile, form: Form) -> dict[str, object]:
    """What was answered last stands in the form: saving again forgets nothing."""
    family = file.family
    if form.values or family is None:
        return {"known": {}}
    known = {
        "told": _TOLD[family.child_contact_told],
        "words": family.words,
    }
    for name, young in (("children", family.children), ("siblings", family.siblings)):
        if young is not None:
            years = [str(one.born_year) for one in young if one.born_year]
            known |= {f"{name}_number": str(len(young)), name: ", ".join(years)}
    return {"known": known}


def young(form: Form, name: str) -> tuple[Young, ...] | None:
    """So many, with the birth years that were written: `2015, 2018`. Nothing written: not known."""
    years = form.text(name).replace(",", " ").replace(";", " ").split()
    number = form.text(f"{name}_number")
    if not number and not years:
        return None
    number = number or "0"
    if any(not year.isdigit() or len(year) != 4 for year in years):
        form.wrong(name, refusal_text(_YEAR))
    if not number.isdigit() or int(number) > _MOST:
        form.wrong(f"{name}_number", t("casefile.family.number"))
    insist(form)
    known = [Young(born_year=int(year)) for year in years]
    return tuple(known + [Young()] * (int(number) - len(known)))
