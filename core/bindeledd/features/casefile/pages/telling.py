"""Record that something was done or happened, and a death: each on one page of the same form."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.casefile.domain.bedside import PlanAnswer
from bindeledd.features.casefile.pages import covering
from bindeledd.features.casefile.pages.asking import laid_out, own_facts, routine_of
from bindeledd.features.casefile.pages.directory import whom
from bindeledd.features.casefile.pages.doing import Small, happened, insist, words_of
from bindeledd.features.casefile.pages.noticing import what_came_of_it
from bindeledd.features.casefile.pages.waiting import of_plan, plan_again
from bindeledd.features.cases.domain import EventKind, offering, telling
from bindeledd.features.cases.domain.joining import RECEIVER
from bindeledd.features.cases.service import saying
from bindeledd.features.pathways.domain import Book, Gate, Step
from bindeledd.features.pathways.domain.words import FACTS
from bindeledd.features.pathways.service.wording import step_words
from bindeledd.features.patients.domain import VerifiedHow
from bindeledd.features.staff import queries as staff
from bindeledd.foundation.http import current_actor, now
from bindeledd.foundation.http.forms import Form
from bindeledd.foundation.http.problems import NoSuchPage
from bindeledd.foundation.texts import said_of, t

_PLACES = {
    "case.event_in_future": "happened_on",
    "patient.no_such_contact_way": "number",
    "case.number_needed": "number",
    "case.bad_fact": "receiver_organisation",
    "case.offer_again_too_soon": "offer_again_on",
    "case.offer_again_too_late": "offer_again_on",
    **covering.PLACES,
}


@dataclass(frozen=True, kw_only=True)
class Saying:
    """What may be said on this page: the plain fact that is asked with it, another that belongs to
    an answer of it (`also`: fact, by answer), what it `says` by itself, and whether words are
    needed."""

    fact: str = ""
    also: Mapping[str, str] = field(default_factory=dict)
    words_needed: bool = False
    says: Mapping[str, str] = field(default_factory=dict)


# Everything that a person records in this way. Relatives, children, contacts have their own page.
SAID = {
    "risk_assessed": Saying(words_needed=True),
    "plan_offered": Saying(),
    "number_verified": Saying(),
    "interpreter_asked": Saying(fact="interpreter"),
    "receiver_named": Saying(fact="receiver_kind", words_needed=True),
    "gap_covered": Saying(fact="cover", also={"accepted": "number_answered"}, words_needed=True),
    "answered": Saying(),
    "relatives_considered": Saying(words_needed=True),
    "receiver_told": Saying(words_needed=True),
    "admitted": Saying(says={"inpatient": "yes"}),
    "ready_for_discharge": Saying(),
    "discharge_withdrawn": Saying(),
    "discharged": Saying(),
}
_HELPS = {
    "risk_assessed": "burdens",
    "receiver_named": "who_receives",
    "gap_covered": "who_answers",
}
_TABLES = {"receiver_kind": "casefile.receiver_kinds", "cover": "casefile.covers"}
_UNMADE = {
    PlanAnswer.LATER: {offering.WAITS: True},
    PlanAnswer.DECLINED: {offering.DECLINES: True},
}
NAMES, PLAN, COVERED = "receiver_named", "plan_offered", "gap_covered"
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
            return _tell(session, case_id, kind, form, book)

        return _page(book, kind).do(case_id, act)

    _death(bp, Small(book=book, template="death"))


def _page(book: Book, kind: str) -> Small:
    if kind not in SAID:
        raise NoSuchPage()
    saying_ = SAID[kind]

    def more(session: Session, file: CaseFile, form: Form) -> dict[str, Any]:
        ways, rule = file.patient.contact_ways or (), _rule(book, file, form["of"])
        places = _organisations(session, book, file) if kind == NAMES else []
        asked_by = "" if rule is None else said_of(rule.title)
        return {
            "kind": kind,
            "headed": _headed(book, kind, rule),
            "fact": saying_.fact,
            "table": _TABLES.get(saying_.fact, "casefile.yes_no"),
            "options": _options(saying_.fact),
            "also": [(fact, _options(fact)) for fact in saying_.also.values()],
            "words_needed": saying_.words_needed and not places and kind != COVERED,
            "words_help": f"casefile.say.{_HELPS[kind]}" if kind in _HELPS else "",
            **laid_out(book, kind, file, form),
            "directory": [] if rule is None else whom(session, book, file, rule.task),
            "asked_by": asked_by,
            "stays": _stays(file) if kind == NAMES else "",
            "organisations": places,
            "units": _units(session, file) if EventKind(kind) in telling.IN_A_UNIT else [],
            "plans": [answer.value for answer in PlanAnswer] if kind == PLAN else [],
            "offer": plan_again(session, file, book) if kind == PLAN else None,
            "numbers": [way.value for way in ways] if kind == "number_verified" else [],
            "hows": [how.value for how in VerifiedHow],
            "covers": covering.times_of(session, file) if kind == COVERED else None,
        }

    return Small(book=book, template="say", places=_PLACES, more=more)


def _headed(book: Book, kind: str, rule: Step | Gate | None) -> str:
    """What the page is called: an answer that a task asks for, as the task is."""
    if kind != "answered" or rule is None:
        return t(f"casefile.say.{kind}")
    return step_words(rule.key, rule.title, task=rule.task, book=book)


def _stays(file: CaseFile) -> str:
    """The municipality in which the person stays: services follow it, and a person chooses."""
    who = file.patient.identity
    return (who.municipality or "") if who is not None else ""


def _organisations(session: Session, book: Book, file: CaseFile) -> list[tuple[str, str]]:
    """The organisations of the installation, by name, where one may have an agreement."""
    if not book.agreements:
        return []
    names = staff.organisation_names(session, file.case.tenant_id)
    own, _ = staff.team_place(session, file.case.responsible_team_id)
    return sorted(((key, name) for key, name in names.items() if key != own), key=lambda p: p[1])


def _units(session: Session, file: CaseFile) -> list[tuple[str, str]]:
    """The units of the installation, where there is more than one to choose among."""
    names = staff.unit_names(session, file.case.tenant_id)
    found = sorted(((str(key), name) for key, name in names.items()), key=lambda pair: pair[1])
    return found if len(found) > 1 else []


def _rule(book: Book, file: CaseFile, of: str) -> Step | Gate | None:
    """The rule whose task is answered here."""
    routine = routine_of(book, file)
    return routine.find(of) if of and routine is not None else None


def _options(fact: str) -> list[str]:
    """The values of a fact, in the order in which they are shown; yes before no."""
    values = FACTS.get(fact) or frozenset()
    order = ("accepted", "yes", "no", "gp", "municipal_mental_health", "specialist_mental_health")
    last = ("other", "none")
    first = [value for value in order if value in values]
    rest = sorted(values - set(order) - set(last))
    return [*first, *rest, *(value for value in last if value in values)]


def _tell(session: Session, case_id: UUID, kind: str, form: Form, book: Book) -> str:
    """Write it down; gives which notice says what came of it."""
    fact, by = SAID[kind].fact, current_actor()
    value = form.text(fact) if fact else ""
    if fact and value not in _options(fact):
        form.wrong(fact, t("web.form.choose"))
    beside = _beside(SAID[kind], value, form)
    plan, again = of_plan(form) if kind == PLAN else (None, None)
    covers = covering.cover_of(form) if (fact, value) == ("cover", "accepted") else None
    receiver = form.text(RECEIVER) if kind == NAMES else ""
    named = bool(covers or receiver)
    what = f"casefile.say.{_HELPS[kind]}" if kind in _HELPS else "casefile.form.words_needed"
    needed = t(what) if SAID[kind].words_needed and not named else ""
    words = words_of(form, needed=needed)
    tried = _tried(form) if kind == "number_verified" else {}
    when, date_only = happened(form)
    own = own_facts(book, kind, form)
    own |= {} if plan is None else _UNMADE.get(plan, {})
    unit = form.id("unit_id") if EventKind(kind) in telling.IN_A_UNIT else None
    own |= {RECEIVER: receiver} if receiver else {}
    insist(form)
    done = saying.tell(
        session,
        case_id,
        EventKind(kind),
        happened_at=when,
        date_only=date_only,
        facts={**SAID[kind].says, **({fact: value} if fact else {}), **beside, **own},
        offer_again_on=again,
        unit_id=unit,
        covers=covers,
        words=words | tried | ({"plan": plan.value} if plan else {}),
        by=by,
        at=now(),
        book=book,
    )
    return what_came_of_it(session, done, fact, value, at=now(), book=book)


def _beside(said: Saying, value: str, form: Form) -> dict[str, telling.Fact]:
    """What belongs to this answer, which has to be said with it."""
    found: dict[str, telling.Fact] = {}
    for answer, fact in said.also.items():
        if form.text(fact) in _options(fact):
            found[fact] = form.text(fact)
        elif value == answer:
            form.wrong(fact, t("web.form.choose"))
    return found


def _tried(form: Form) -> dict[str, str]:
    """Which number was tried, and how: both are needed."""
    number = form.needed("number", t("web.form.choose"))
    how = form.one_of("how", VerifiedHow, t("web.form.choose"))
    return {} if how is None else {"phone": number, "how": how.value}


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
            told: dict[str, Any] = {"words": words, "at": now(), "book": page.book}
            seen = form.text("stands") or None
            saying.answer_death(session, case_id, kind, seen=seen, by=by, **told)
            return f"death_{step}"

        return page.do(case_id, act)
