"""Record that something was done or happened, and a death: each on one page of the same form."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.casefile.pages.directory import whom
from bindeledd.features.casefile.pages.doing import Small, happened, insist, words_of
from bindeledd.features.casefile.pages.person import patient_of
from bindeledd.features.cases.domain import EventKind, telling
from bindeledd.features.cases.service import saying
from bindeledd.features.cases.service.writing import Recorded
from bindeledd.features.pathways.domain import Book, Gate, Pathway, Step
from bindeledd.features.pathways.domain.fields import CaseField
from bindeledd.features.pathways.domain.words import FACTS
from bindeledd.features.patients import service as patients
from bindeledd.features.patients.domain import VerifiedHow
from bindeledd.features.patients.queries import get_patient
from bindeledd.features.reminders.service import no_cover
from bindeledd.foundation.http import current_actor, now
from bindeledd.foundation.http.forms import Form
from bindeledd.foundation.http.problems import NoSuchPage
from bindeledd.foundation.texts import said_of, t

_PLACES = {
    "case.event_in_future": "happened_on",
    "patient.no_such_contact_way": "number",
}


@dataclass(frozen=True, kw_only=True)
class Saying:
    """What may be said on this page: the plain fact with it, and whether words are needed."""

    fact: str = ""
    words_needed: bool = False


# Everything that a person records in this way. Relatives, children, contacts have their own page.
SAID = {
    "risk_assessed": Saying(),
    "plan_offered": Saying(),
    "number_verified": Saying(),
    "interpreter_asked": Saying(fact="interpreter"),
    "receiver_named": Saying(fact="receiver_kind"),
    "gap_covered": Saying(fact="cover", words_needed=True),
    "answered": Saying(),
    "relatives_considered": Saying(words_needed=True),
    "receiver_told": Saying(words_needed=True),
    "admitted": Saying(),
    "ready_for_discharge": Saying(),
    "discharge_withdrawn": Saying(),
    "discharged": Saying(),
}
_TABLES = {"receiver_kind": "casefile.receiver_kinds", "cover": "casefile.covers"}
_DEATHS = {
    "reported": EventKind.DEATH_REPORTED,
    "confirmed": EventKind.DEATH_CONFIRMED,
    "refuted": EventKind.DEATH_REFUTED,
}


def add(bp: Blueprint, book: Book) -> None:
    """Put the pages of what happened on `bp`."""

    @bp.get("/cases/<uuid:case_id>/say/<kind>")
    def say(case_id: UUID, kind: str) -> ResponseReturnValue:
        of = request.args.get("of", "")
        return _page(book, kind).show(case_id, Form(values={"of": of}) if of else None)

    @bp.post("/cases/<uuid:case_id>/say/<kind>")
    def do_say(case_id: UUID, kind: str) -> ResponseReturnValue:
        def act(session: Session, form: Form) -> str:
            _tell(session, case_id, kind, form, book)
            return "said"

        return _page(book, kind).do(case_id, act)

    _death(bp, Small(book=book, template="death"))


def _page(book: Book, kind: str) -> Small:
    if kind not in SAID:
        raise NoSuchPage()
    saying_ = SAID[kind]

    def more(session: Session, file: CaseFile, form: Form) -> dict[str, Any]:
        ways, rule = file.patient.contact_ways or (), _rule(book, file, form["of"])
        return {
            "kind": kind,
            "fact": saying_.fact,
            "table": _TABLES.get(saying_.fact, "casefile.yes_no"),
            "options": _options(saying_.fact),
            "words_needed": saying_.words_needed,
            "own_fields": questions(book, kind, file, form["of"]),
            "directory": [] if rule is None else whom(session, book, file, rule.task),
            "asked_by": "" if rule is None else said_of(rule.title),
            "numbers": [way.value for way in ways] if kind == "number_verified" else [],
            "hows": [how.value for how in VerifiedHow],
        }

    return Small(book=book, template="say", places=_PLACES, more=more)


def routine_of(book: Book, file: CaseFile) -> Pathway | None:
    """The routine that the case follows; None where it is not installed."""
    case = file.case
    if not file.pathway_known:
        return None
    return book.followed(case.pathway_id, case.pathway_version, case.layers)


def questions(book: Book, kind: str, file: CaseFile, of: str = "") -> list[CaseField]:
    """The extra facts that are asked for with an event of this kind; `of`: by that rule only."""
    asked = book.asked_with(kind, routine_of(book, file))
    return [own for own in asked if of in own.used_by] or asked


def _rule(book: Book, file: CaseFile, of: str) -> Step | Gate | None:
    """The rule whose task is answered here."""
    routine = routine_of(book, file)
    return routine.find(of) if of and routine is not None else None


def own_facts(book: Book, kind: str, form: Form) -> dict[str, telling.Fact]:
    """What was answered of the extra facts that packs ask for; what was not answered is unknown."""
    found: dict[str, telling.Fact] = {}
    for own in book.asked_with(kind, None):
        value = form.text(own.key)
        if value and not own.allows(value):
            form.wrong(own.key, t("web.form.choose"))
        elif value:
            found[own.key] = value
    return found


def _options(fact: str) -> list[str]:
    """The values of a fact, in the order in which they are shown; yes before no."""
    values = FACTS.get(fact) or frozenset()
    order = ("accepted", "yes", "no", "gp", "municipal_mental_health", "specialist_mental_health")
    last = ("other", "none")
    first = [value for value in order if value in values]
    rest = sorted(values - set(order) - set(last))
    return [*first, *rest, *(value for value in last if value in values)]


def _tell(session: Session, case_id: UUID, kind: str, form: Form, book: Book) -> None:
    fact, by = SAID[kind].fact, current_actor()
    value = form.text(fact) if fact else ""
    if fact and value not in _options(fact):
        form.wrong(fact, t("web.form.choose"))
    needed = t("casefile.form.words_needed") if SAID[kind].words_needed else ""
    words = words_of(form, needed=needed)
    tried = _tried(form)
    when, date_only = happened(form)
    own = own_facts(book, kind, form)
    insist(form)
    if kind == "interpreter_asked":
        words |= _known_before(session, case_id)
    done = saying.tell(
        session,
        case_id,
        EventKind(kind),
        happened_at=when,
        date_only=date_only,
        facts={**({fact: value} if fact else {}), **own},
        words=words | tried,
        by=by,
        at=now(),
        book=book,
    )
    if fact == "cover" and value == "none":
        no_cover(session, case_id, at=now())
    if kind == "interpreter_asked":
        _note_interpreter(session, done.case.patient_id, needed=value == "yes")
    if tried:
        _note_number(session, done, tried)


def _tried(form: Form) -> dict[str, str]:
    """Which number was tried, and how, where that was said."""
    number, how = form.text("number"), form.one_of("how", VerifiedHow)
    if number and how is None:
        form.wrong("how", t("web.form.choose"))
    return {"phone": number, "how": how.value} if number and how else {}


def _note_number(session: Session, done: Recorded, tried: Mapping[str, str]) -> None:
    """The number knows when it was tried, how, by whom, and which event says so."""
    patients.verify_number(
        session,
        done.case.patient_id,
        tried["phone"],
        how=VerifiedHow(tried["how"]),
        event_id=done.events[0].id,
        by=current_actor(),
        at=now(),
    )


def _known_before(session: Session, case_id: UUID) -> dict[str, bool | None]:
    """What was known of an interpreter: it stands again if the answer was a mistake."""
    who = patient_of(session, case_id).identity
    return {} if who is None else {"interpreter_was": who.interpreter}


def _note_interpreter(session: Session, patient_id: UUID, *, needed: bool) -> None:
    """What was answered stands on the person too, where it can be read."""
    by = current_actor()
    who = get_patient(session, patient_id, tenant_id=by.tenant_id).identity
    if who is not None and who.interpreter is not needed:
        said = replace(who, interpreter=needed)
        patients.change_identity(session, patient_id, said, by=by, at=now())


def _death(bp: Blueprint, page: Small) -> None:
    @bp.get("/cases/<uuid:case_id>/death")
    def death(case_id: UUID) -> ResponseReturnValue:
        return page.show(case_id)

    @bp.post("/cases/<uuid:case_id>/death")
    def do_death(case_id: UUID) -> ResponseReturnValue:
        def act(session: Session, form: Form) -> str:
            step = form.text("step")
            words = words_of(form, needed=t("casefile.death.words_needed"))
            if step not in _DEATHS:
                form.wrong("form", t("web.form.choose"))
            insist(form)
            kind, by = _DEATHS[step], current_actor()
            saying.tell(session, case_id, kind, words=words, by=by, at=now(), book=page.book)
            return f"death_{step}"

        return page.do(case_id, act)
