"""Writing the plan: a form that loses nothing.

Whoever writes while somebody else saves keeps what they typed; what only the other changed is
taken over, and what both changed stands side by side.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.casefile.pages.asking import own_facts, takes_words
from bindeledd.features.casefile.pages.directory import whom
from bindeledd.features.casefile.pages.doing import insist
from bindeledd.features.cases.domain import EventKind
from bindeledd.features.pathways.domain import Book
from bindeledd.features.pathways.domain.fields import CaseField
from bindeledd.features.plans import service
from bindeledd.features.plans.domain import (
    MOST_MEASURES,
    Asked,
    Measure,
    Relatives,
    Service,
    TookPart,
    Version,
    Words,
)
from bindeledd.features.plans.domain.comparing import text_of
from bindeledd.features.plans.domain.merging import Merged, merged, merged_each, same_answer
from bindeledd.features.plans.domain.paper import measure_words
from bindeledd.features.plans.service import Shown
from bindeledd.features.staff import queries as staff
from bindeledd.foundation.http import current_actor, now
from bindeledd.foundation.http.forms import Form
from bindeledd.foundation.texts import said_of, t

_ROOM = 2  # empty rows for measures
_SAVED = {"plan_written": True}  # what every saved version says
_KIND = EventKind.PLAN_OFFERED.value
PLACES = {
    "plan.empty": "form",
    "plan.relatives_locked": "relatives",
    "plan.measure_of_nothing": "measures",
}


def shown_to_write(book: Book) -> Callable[[Session, CaseFile, Form], Mapping[str, Any]]:
    def more(session: Session, file: CaseFile, form: Form) -> dict[str, Any]:
        base = _base(form)
        shown = service.show_plan(
            session, file.case.id, read=base, by=current_actor(), at=now(), book=book
        )
        overtaken = base is not None and base != shown.latest
        fields = {one.key: _field(one, shown, form, overtaken=overtaken) for one in shown.asked}
        measures = _measures(shown, form, overtaken=overtaken)
        rows = [_row(one) for one in measures.value]
        there, own = measures.there, _own(book, file)
        return {
            "plan": shown,
            "directory": whom(session, book, file, "offer_plan"),
            "fields": fields,
            "measures": [*rows, *[("", "", "")] * _ROOM][:MOST_MEASURES],
            "measures_there": None if there is None else [measure_words(one) for one in there],
            "overtaken": overtaken,
            "part_": _part(shown, form, overtaken=overtaken),
            "relatives": [r.value for r in Relatives if r is not Relatives.YES or not shown.locked],
            "services": [one.value for one in Service],
            "own_fields": own,
            "takes_words": takes_words(one for one, _ in own),
            "names": staff.member_names(session, current_actor().tenant_id),
        }

    return more


def _own(book: Book, file: CaseFile) -> list[tuple[CaseField, list[tuple[str, str]]]]:
    """What packs ask beside the plan, with the answers that the plan does not give by itself."""
    asked = [
        (one, one.left_to_ask(_SAVED))
        for one in service.asked_by_packs(book, file.case, file.elsewhere)
    ]
    return [(own, [(o.value, said_of(o.label)) for o in left]) for own, left in asked if left]


def _base(form: Form) -> int | None:
    """The newest number when the form was opened; None of a form that was not sent."""
    text = form.text("base")
    return int(text) if text.isdecimal() and len(text) < 7 else None


def _field(one: Asked, shown: Shown, form: Form, *, overtaken: bool) -> Merged[str]:
    theirs, typed = text_of(one, shown.version), _typed(form, f"section_{one.key}")
    if typed is None or (one.of_relatives and shown.locked):
        return Merged(value=theirs)
    return merged(typed, text_of(one, shown.read), theirs) if overtaken else Merged(value=typed)


def _typed(form: Form, name: str) -> str | None:
    value = form.values.get(name)
    return None if value is None else "\n".join(value.strip().splitlines())


Measures = tuple[Measure, ...]


def _measures(shown: Shown, form: Form, *, overtaken: bool) -> Merged[Measures]:
    """The measures as they stand in the form, and what somebody else saved of them."""
    theirs = _saved_measures(shown.version)
    if not form.values:
        return Merged(value=theirs)
    typed = tuple(_typed_measures(form))
    return merged(typed, _saved_measures(shown.read), theirs) if overtaken else Merged(value=typed)


def _saved_measures(version: Version | None) -> Measures:
    return () if version is None or version.words is None else version.words.measures


def _row(one: Measure) -> tuple[str, str, str]:
    return one.what, one.whose.value, one.owner


def _typed_measures(form: Form) -> list[Measure]:
    found = []
    for n in range(MOST_MEASURES):
        what, owner = form.text(f"what_{n}"), form.text(f"owner_{n}")
        if what or owner:
            whose = form.one_of(f"whose_{n}", Service) or Service.MUNICIPALITY
            found.append(Measure(what=what, whose=whose, owner=owner))
    return found


def _part(shown: Shown, form: Form, *, overtaken: bool) -> dict[str, Any]:
    """Who took part, as it stands in the form. That the person did is said anew for each version."""
    theirs = _saved_part(shown.version, shown)
    if not form.values:
        return {"person": "", "relatives": theirs.relatives, "services": theirs.services}
    relatives, services = Merged(value=form["relatives"]), _ticked(form)
    if overtaken:
        was = _saved_part(shown.read, shown)
        relatives = merged(relatives.value, was.relatives, theirs.relatives, same=same_answer)
        services = merged_each(services, was.services, theirs.services)
    there = relatives.there
    return {
        "person": form["person"],
        "relatives": relatives.value,
        "relatives_there": None if there is None else there or Relatives.NOT_ASKED.value,
        "services": services,
    }


def _ticked(form: Form) -> frozenset[Service]:
    return frozenset(one for one in Service if form.ticked(f"service_{one.value}"))


@dataclass(frozen=True, kw_only=True)
class Part:
    """Whether relatives took part, empty where nobody has answered; and which services did."""

    relatives: str = ""
    services: frozenset[Service] = frozenset()


def _saved_part(version: Version | None, shown: Shown) -> Part:
    """What a version says, as a form begins with it: nothing that nobody has answered, and nothing
    that may not be saved again today."""
    if version is None or version.words is None:
        return Part()
    took = version.words.took_part
    unsaid = took.relatives is Relatives.NOT_ASKED
    unsaid = unsaid or (shown.locked and took.relatives is Relatives.YES)
    return Part(relatives="" if unsaid else took.relatives.value, services=took.services)


def saving(case_id: UUID, book: Book) -> Callable[[Session, Form], str]:
    def act(session: Session, form: Form) -> str:
        if form["person"] not in ("yes", "no"):
            form.wrong("person", t("plans.page.choose_person"))
        relatives = form.one_of("relatives", Relatives) or Relatives.NOT_ASKED
        sections = {
            name.removeprefix("section_"): value
            for name, value in form.values.items()
            if name.startswith("section_")
        }
        measures, facts = _typed_measures(form), own_facts(book, _KIND, form)
        insist(form)
        part = TookPart(
            person=form["person"] == "yes",
            relatives=relatives,
            services=_ticked(form),
        )
        said = Words(sections=sections, measures=tuple(measures), took_part=part)
        by, base = current_actor(), _base(form) or 0
        told: dict[str, Any] = {"facts": facts, "note": form.text("words")}
        service.save(session, case_id, said, base=base, **told, by=by, at=now(), book=book)
        return "plan_saved"

    return act
