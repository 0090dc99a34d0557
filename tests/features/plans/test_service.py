"""The plan on both databases: versions that stand, what routines hear, and what goes out of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access.domain import OutOfSight
from bindeledd.features.audit.tables import AuditEventRow
from bindeledd.features.casefile import service as casefile
from bindeledd.features.casefile.domain.leaflet import sheet
from bindeledd.features.casefile.domain.package import Sender, content
from bindeledd.features.casefile.pages.plan import plan_of
from bindeledd.features.casefile.service.moving import move_to_right_person
from bindeledd.features.cases import queries as case_queries
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import EventKind, NewEvent
from bindeledd.features.cases.domain.may_tell import AnswerInWords
from bindeledd.features.cases.domain.telling import BadFact
from bindeledd.features.cases.service import saying
from bindeledd.features.epj import service as epj
from bindeledd.features.handovers.domain.outside import Outside
from bindeledd.features.pathways.domain import Book, Layer, PlanForm, PlanSection
from bindeledd.features.pathways.domain.fields import CaseField, Option
from bindeledd.features.plans import queries, service
from bindeledd.features.plans.domain import (
    Measure,
    NoSuchSection,
    PlanChanged,
    Relatives,
    RelativesLocked,
    Service,
    TookPart,
    VersionNotFound,
    Words,
)
from bindeledd.features.plans.tables import PlanVersionRow
from bindeledd.features.relatives import service as kin
from bindeledd.features.relatives.domain import Share
from bindeledd.foundation.printing import plain
from builders import MONDAY, Followed, a_book, a_unit, an_open_case

LATER = MONDAY + timedelta(hours=3)
PER = Measure(what="Ringer tirsdag", whose=Service.MUNICIPALITY, owner="Per i teamet")


class Follow(Followed):
    def save(self, *measures: Measure, base: int = 0, **own: Any) -> service.Saved:
        part = TookPart(person=True, relatives=own.pop("took_part", Relatives.NOT_ASKED))
        words = Words(sections=own, measures=measures, took_part=part)
        how: dict[str, Any] = {"by": self.site.anna, "at": LATER, "book": a_book()}
        return service.save(self.session, self.case_id, words, base=base, **how)

    def show(self, number: int | None = None) -> service.Shown:
        how: dict[str, Any] = {"by": self.site.anna, "at": LATER, "book": a_book()}
        return service.show_plan(self.session, self.case_id, number, **how)

    def consents(self, what: Share = Share.PLAN) -> tuple[UUID, UUID]:
        who: dict[str, Any] = {"by": self.site.anna, "at": MONDAY}
        one = kin.add_relative(self.session, self.patient_id, name="Mor", **who)
        since = MONDAY.date()
        given = kin.give_consent(self.session, one.id, what=(what,), since=since, **who)
        return one.id, given.consents[0].id

    def goes_out(self) -> dict[str, Any]:
        file = casefile.case_file(
            self.session, self.case_id, by=self.site.anna, at=LATER, book=a_book()
        )
        plan = queries.find_current(self.session, self.case_id, patient_id=self.patient_id)
        receiver = Outside(id=self.case_id, organisation="Kommunen", tenant_id=self.site.tenant)
        sender = Sender(organisation="Sykehuset", team="Teamet", person="Anna")
        return dict(content(file, sender=sender, outside=receiver, words="", at=LATER, plan=plan))


@pytest.fixture
def follow(session: Session) -> Follow:
    return Follow(session)


def test_s075_s076_a_version_is_saved_and_none_is_ever_changed(follow: Follow) -> None:
    follow.save(early_signs="Sover lite")
    follow.save(PER, base=1, early_signs="Sover lite, svarer ikke")

    first, now = follow.show(1).version, follow.show()

    assert first is not None
    assert first.words is not None
    assert first.words.sections == {"early_signs": "Sover lite"}
    assert [one.number for one in now.versions] == [2, 1]
    assert now.version is not None
    assert now.version.words is not None
    assert now.version.words.measures == (PER,)
    with pytest.raises(sa.exc.DatabaseError), follow.session.begin_nested():
        follow.session.execute(sa.update(PlanVersionRow).values(number=7))
    with pytest.raises(sa.exc.DatabaseError), follow.session.begin_nested():
        follow.session.execute(sa.delete(PlanVersionRow))


def test_s048_the_routine_hears_what_the_plan_holds_and_the_offer_is_made(follow: Follow) -> None:
    assert len(follow.open("offer_plan")) == 1

    saved = follow.save(PER, wishes="Ro", took_part=Relatives.REFUSED)

    event = saved.recorded.events[0]
    assert event.kind is EventKind.PLAN_OFFERED
    assert event.facts["plan_municipal_measure"] is True
    assert event.facts["plan_relatives"] == "refused_by_patient"
    assert event.facts["plan_sections"] == ["wishes", "services"]
    assert event.facts["plan_complete"] is False
    [again] = follow.open("offer_plan")
    assert again.step_key == "plan-revised"


def test_nobody_says_of_a_plan_what_only_a_saved_one_says(follow: Follow) -> None:
    for fact in ("plan_municipal_measure", "plan_relatives", "plan_version_id", "plan_complete"):
        with pytest.raises(BadFact):
            saying.tell(
                follow.session,
                follow.case_id,
                EventKind.PLAN_OFFERED,
                facts={fact: "yes"},
                by=follow.site.anna,
                at=LATER,
                book=a_book(),
            )


def test_whoever_saves_over_what_they_have_not_read_is_refused_and_nothing_is_written(
    follow: Follow,
) -> None:
    follow.save(wishes="Ro")

    with pytest.raises(PlanChanged):
        follow.save(wishes="Noe annet")

    assert follow.show().latest == 1
    assert follow.kinds().count(EventKind.PLAN_OFFERED) == 1


def test_s078_relatives_write_their_part_once_one_of_them_may_be_told(follow: Follow) -> None:
    with pytest.raises(RelativesLocked):
        follow.save(relatives="Mor ringer hver kveld")
    follow.consents(Share.CONTACT)
    with pytest.raises(RelativesLocked):
        follow.save(relatives="Mor ringer hver kveld")
    follow.consents()

    saved = follow.save(relatives="Mor ringer hver kveld", took_part=Relatives.YES)

    assert not follow.show().locked
    assert saved.recorded.events[0].facts["plan_relatives"] == "yes"


def test_s078_what_stood_before_a_consent_ended_stays_and_goes_out_to_nobody(
    follow: Follow,
) -> None:
    relative, consent = follow.consents()
    follow.save(relatives="Mor ringer", wishes="Ro", took_part=Relatives.YES)
    assert "Mor ringer" in str(follow.goes_out()["plan"])
    on = LATER.date()
    kin.withdraw_consent(follow.session, relative, consent, on=on, by=follow.site.anna, at=LATER)

    follow.save(relatives="Mor ringer", wishes="Ro og tid", base=1)

    assert follow.show().locked
    assert "Mor ringer" not in str(follow.goes_out()["plan"])
    assert "Ro og tid" in str(follow.goes_out()["plan"])


def test_s038_means_are_in_the_plan_and_not_in_what_goes_out(follow: Follow) -> None:
    follow.save(safer_surroundings="Far har nøkkelen", wishes="Ro")

    said = follow.goes_out()
    text = plain(sheet(said))

    assert "nøkkelen" not in str(said)
    assert "Hvordan omgivelsene blir tryggere: Er snakket om. Spør avsenderen." in text
    assert "Hva som er viktig for meg: Ro" in text


def test_s195_a_package_of_a_follow_up_without_a_plan_says_nothing_of_one(follow: Follow) -> None:
    assert follow.goes_out()["plan"] is None
    assert "Planen" not in plain(sheet(follow.goes_out()))


def test_s247_the_note_for_the_record_holds_the_plan_and_who_took_part(follow: Follow) -> None:
    saved = follow.save(PER, safer_surroundings="Far har nøkkelen", took_part=Relatives.NONE)
    event = saved.version.event_id

    ready = epj.show_note(follow.session, event, by=follow.site.anna, at=LATER)
    text = plain(ready.sheet)

    assert not ready.note.entered
    for words in ("Far har nøkkelen", "Ringer tirsdag", "Det er ingen", "sammen med personen"):
        assert words in text


def test_a_version_that_was_an_error_stands_to_be_read_and_the_one_before_is_the_plan(
    follow: Follow,
) -> None:
    follow.save(wishes="Ro")
    wrong = follow.save(wishes="En annens ord", base=1)
    cases.mark_in_error(
        follow.session,
        follow.case_id,
        [wrong.version.event_id],
        words={"words": "Feil person"},
        by=follow.site.anna,
        at=LATER,
        book=a_book(),
    )

    now = follow.show()

    assert now.version is not None
    assert now.version.number == 1
    assert now.latest == 2, "whoever saves has to have seen both"
    assert [one.in_error for one in now.versions] == [True, False]
    assert follow.save(wishes="Ro", base=2).version.number == 3


def test_a_plan_of_the_wrong_person_is_moved_with_its_words(follow: Follow) -> None:
    wrong = follow.save(PER, wishes="Ro")
    right = an_open_case(follow.session, follow.site).case
    how: dict[str, Any] = {"by": follow.site.anna, "at": LATER, "book": a_book()}

    move_to_right_person(
        follow.session,
        follow.case_id,
        [wrong.version.event_id],
        to_patient_id=right.patient_id,
        words={"words": "Feil person"},
        **how,
    )

    there = service.show_plan(follow.session, right.id, **how)
    assert there.version is not None
    assert there.version.words == wrong.version.words
    assert follow.show().version is None
    [event] = [
        one
        for one in case_queries.events_of(follow.session, right.id)
        if one.kind is EventKind.PLAN_OFFERED
    ]
    assert event.facts["plan_version_id"] == str(there.version.id)


def a_layer(unit: str, name: str, *keys: str) -> Layer:
    """What a kind of unit calls the plan, and what more it asks in it."""
    sections = tuple(PlanSection(key=key, title={"nb": key}) for key in keys)
    return Layer(
        id=f"x.{unit}",
        version="1",
        extends="national.after-attempt",
        title={"nb": unit},
        level="unit",
        units=frozenset({unit}),
        plan=PlanForm(title={"nb": name}, sections=sections),
    )


def test_what_a_unit_of_a_later_stay_asks_is_asked_and_may_be_answered(follow: Follow) -> None:
    layer = a_layer("addiction_ward", "Klinikkens plan", "x.craving")
    book = replace(a_book(), layers=(*a_book().layers, layer), _resolved={})
    site = follow.site
    how: dict[str, Any] = {"by": follow.site.anna, "at": LATER, "book": book}
    clinic = a_unit(follow.session, site, "clinic", "addiction_ward")
    words = Words(sections={"x.craving": "Ring først"}, took_part=TookPart(person=True))
    with pytest.raises(NoSuchSection):
        service.save(follow.session, follow.case_id, words, base=0, **how)

    came = NewEvent(kind=EventKind.ADMITTED, at=LATER, facts={"unit_id": str(clinic)})
    cases.record(follow.session, follow.case_id, [came], **how)
    asked = service.show_plan(follow.session, follow.case_id, **how)
    saved = service.save(follow.session, follow.case_id, words, base=0, **how)

    assert "x.craving" in [one.key for one in asked.not_yet]
    assert asked.form.title == saved.version.title == {"nb": "Klinikkens plan"}
    file = casefile.case_file(follow.session, follow.case_id, **how)
    brief = plan_of(book, file)
    assert brief.title == {"nb": "Klinikkens plan"}
    assert "x.craving" not in brief.not_yet


def test_the_unit_where_it_began_goes_on_naming_the_plan() -> None:
    own = a_layer("ward", "Postens plan", "x.bed")
    first = a_layer("clinic", "Klinikkens plan", "x.craving")
    last = a_layer("home", "Hjemmets plan", "x.room", "x.bed")
    book = replace(a_book(), layers=(own, first, last), _resolved={})
    there = [[last.key], [first.key]]

    form = book.plan_form([own.key], there)

    assert form.title == {"nb": "Postens plan"}
    assert [one.key for one in form.sections][-3:] == ["x.bed", "x.craving", "x.room"]
    assert book.plan_form([], there).title == {"nb": "Hjemmets plan"}


def test_s075_the_layers_that_a_case_follows_name_the_plan_and_ask_more(follow: Follow) -> None:
    book = a_book()
    more = PlanForm(
        title={"nb": "Mestringsplan"}, sections=(PlanSection(key="x.bed", title={"nb": "Seng"}),)
    )
    assert book.plan is not None
    theirs = replace(book, plan=book.plan.with_more(more))
    words = Words(sections={"x.bed": "Avtale"}, took_part=TookPart(person=True))
    how: dict[str, Any] = {"by": follow.site.anna, "at": LATER}

    service.save(follow.session, follow.case_id, words, base=0, book=theirs, **how)
    kept = service.show_plan(follow.session, follow.case_id, book=book, **how)

    assert kept.version is not None
    assert kept.version.title == {"nb": "Mestringsplan"}
    assert kept.asked[-1].key == "x.bed", "the pack is gone, its answer is not"


def test_whoever_may_not_see_the_follow_up_finds_no_plan_and_each_read_is_written_down(
    follow: Follow,
) -> None:
    follow.save(wishes="Ro")
    for number in (None, 1):
        with pytest.raises(OutOfSight):
            service.show_plan(
                follow.session,
                follow.case_id,
                number,
                by=follow.site.carl,
                at=LATER,
                book=a_book(),
            )
    with pytest.raises(VersionNotFound):
        follow.show(2)
    follow.show()

    acts = follow.session.scalars(sa.select(AuditEventRow.act)).all()
    assert acts.count("plan.saved") == 1
    assert acts.count("plan.shown") == 1


def _asking(book: Book) -> Book:
    kin_ = CaseField(
        key="x_kin",
        label={"nb": "Var pårørende med?"},
        options=(
            Option(value="no", label={}, follows_from={"plan_relatives": frozenset({"not_asked"})}),
            Option(value="later", label={}),
        ),
        asked_with=("plan_offered",),
        used_by=("plan_offered",),
    )
    return replace(book, fields=(kin_,))


@pytest.mark.parametrize(
    ("took_part", "said", "found"),
    [
        (Relatives.NOT_ASKED, {}, "no"),
        (Relatives.NOT_ASKED, {"x_kin": "later"}, "no"),
        (Relatives.NONE, {"x_kin": "later"}, "later"),
        (Relatives.NONE, {}, None),
    ],
)
def test_s082_what_stands_in_the_plan_is_not_asked_once_more(
    follow: Follow, took_part: Relatives, said: dict[str, str], found: str | None
) -> None:
    part = TookPart(person=True, relatives=took_part)
    words = Words(sections={"wishes": "Ro"}, took_part=part)
    how: dict[str, Any] = {"by": follow.site.anna, "at": LATER, "book": _asking(a_book())}

    saved = service.save(follow.session, follow.case_id, words, base=0, facts=said, **how)

    assert saved.recorded.events[0].facts.get("x_kin") == found


def test_nobody_says_something_else_than_what_stands_in_the_plan(follow: Follow) -> None:
    part = TookPart(person=True, relatives=Relatives.NONE)
    words = Words(sections={"wishes": "Ro"}, took_part=part)
    how: dict[str, Any] = {"by": follow.site.anna, "at": LATER, "book": _asking(a_book())}

    with pytest.raises(BadFact):
        service.save(follow.session, follow.case_id, words, base=0, facts={"x_kin": "no"}, **how)


def _in_words(book: Book) -> Book:
    """The same, where whoever answers *later* says why."""
    (asked,) = _asking(book).fields
    first, later = asked.options
    return replace(book, fields=(replace(asked, options=(first, replace(later, in_words=True))),))


def _saved(follow: Follow, took_part: Relatives, note: str) -> service.Saved:
    part = TookPart(person=True, relatives=took_part)
    said = Words(sections={"wishes": "Ro"}, took_part=part)
    how: dict[str, Any] = {"by": follow.site.anna, "at": LATER, "book": _in_words(a_book())}
    told: dict[str, Any] = {"facts": {"x_kin": "later"}, "note": note}
    return service.save(follow.session, follow.case_id, said, base=0, **told, **how)


def test_an_answer_that_is_given_in_words_is_not_saved_with_a_plan_without_them(
    follow: Follow,
) -> None:
    with pytest.raises(AnswerInWords):
        _saved(follow, Relatives.NONE, "  ")


def test_its_words_stand_sealed_beside_the_plan(follow: Follow) -> None:
    event = _saved(follow, Relatives.NONE, " Mora er på reise ").recorded.events[0]
    notes = case_queries.notes_of(follow.session, follow.case())

    assert event.facts["x_kin"] == "later"
    assert notes[event.id] == {"plan": "made", "words": "Mora er på reise"}


def test_what_the_plan_answers_itself_needs_no_words(follow: Follow) -> None:
    assert _saved(follow, Relatives.NOT_ASKED, "").recorded.events[0].facts["x_kin"] == "no"
