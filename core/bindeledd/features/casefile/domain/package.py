"""What a receiver outside may see of a case: built here, and nowhere else.

Left out on purpose: what colleagues wrote to one another, tasks and alerts, what was marked as
entered in error, and relatives whom nobody has a consent for. With a protected address no way to
reach the person goes out. A relative who is unsafe to contact is named as such, without a number,
and so is one of whom the person has said that they must not be told. A discharge of which nobody
knows is told as that, never as one. Of the plan goes the version that stands, without what stays
inside, and without what is the relatives' while none of them may be told of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.casefile.domain.answered import answers, consent, known, replies
from bindeledd.features.casefile.domain.owing import GateState
from bindeledd.features.casefile.domain.shown import Happened
from bindeledd.features.cases.domain import BEGINNINGS, NOT_KNOWN
from bindeledd.features.handovers.domain.outside import Outside
from bindeledd.features.pathways.domain.fields import CaseField
from bindeledd.features.patients.domain import ContactWay
from bindeledd.features.plans.domain import Version
from bindeledd.features.plans.domain.paper import for_receiver
from bindeledd.features.relatives.domain import Relative, Young
from bindeledd.features.relatives.domain.telling import Topic, Why, may_know

# Version 2: what is known by its day is a day; in version 1 it was a moment. `leaflet` reads both.
FORMAT, VERSION = "bindeledd.handover", 2
# What happened to the person, and what was tried: the kinds that a receiver is told, with moments.
_TOLD = frozenset(
    {
        "index_event",
        "bereavement",
        "admitted",
        "discharged",
        "risk_assessed",
        "plan_offered",
        "reached",
        "contact_attempted",
        "appointment_kept",
        "appointment_missed",
        "summary_sent",
        "summary_interim",
        "declined",
    }
)
_MOST = 20


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Who sends it, and where they are asked. Directory data."""

    organisation: str
    team: str
    person: str
    phone: str = ""


Content = Mapping[str, Any]


def content(
    file: CaseFile,
    *,
    sender: Sender,
    outside: Outside,
    words: str,
    at: datetime,
    plan: Version | None = None,
    ground: Content | None = None,
    asked: Sequence[CaseField] = (),
    environment: str | None = None,
) -> Content:
    """What goes out, as JSON: codes, moments in UTC, and words as they were typed.

    `asked`: what packs ask for; of what a gate of this case looks at, the answer goes along.
    `environment`: what the installation is for; in none but production anybody is real.
    """
    return {
        "format": FORMAT,
        "version": VERSION,
        "environment": environment,
        "made_at": at.isoformat(),
        **_between(sender, outside),
        "words": "\n".join(words.splitlines()),
        "ground": ground,
        **_person(file),
        **_history(file),
        "appointments": list(_ahead(file, at)),
        "in_place": [g.need for g in file.gates if g.state is GateState.IN_PLACE],
        "replies": list(replies(file)),
        "missing": list(_missing(file, asked)),
        "answers": list(answers(file, asked)),
        "relatives": [_relative(one, file) for one in file.relatives if _goes_out(one, file)],
        "children": _children(file),
        "plan": plan and _plan(plan, file),
        "unreadable": bool(file.unreadable),
    }


def _between(sender: Sender, outside: Outside) -> Content:
    return {
        "from": {
            "organisation": sender.organisation,
            "team": sender.team,
            "person": sender.person,
            "phone": sender.phone,
        },
        "to": {
            "organisation": outside.organisation,
            "unit": outside.unit,
            "orgnr": outside.orgnr,
            "her_id": outside.her_id,
        },
    }


def _person(file: CaseFile) -> Content:
    return {
        "patient": _patient(file),
        "reach": [_way(way) for way in _ways(file)],
        "reach_hidden": file.patient.address_protected,
        "contact_consent": consent(file),
    }


def _history(file: CaseFile) -> Content:
    reached = file.last_reached_at
    return {
        "happened": list(_happened(file)),
        "discharge_not_known": any(_nobody_knows(one) for one in file.timeline),
        "last_reached_at": reached and known(reached, date_only=file.last_reached_date_only),
        "last_reached_date_only": file.last_reached_date_only,
    }


def _ahead(file: CaseFile, at: datetime) -> Iterator[dict[str, Any]]:
    for one in file.appointments:
        if (one.stands or one.state == "handed_on") and one.starts_at > at:
            said = one.detail or {}
            yield {
                "starts_at": one.starts_at.isoformat(),
                "state": one.state,
                "where": said.get("where", ""),
                "whom": one.whom,
            }


def _missing(file: CaseFile, asked: Sequence[CaseField]) -> Iterator[dict[str, Any]]:
    for gate in file.gates:
        if gate.state is GateState.MISSING:
            yield {
                "need": gate.need,
                "questions": [dict(own.label) for own in asked if gate.key in own.used_by],
                "strength": gate.strength,
                "due_at": _moment(gate.due_at),
                "owed_by": file.names.get(gate.team_id, "") if gate.team_id else "",
            }


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _patient(file: CaseFile) -> dict[str, Any]:
    identity = file.patient.identity
    if identity is None:
        return {"name": "", "unreadable": True}
    number = identity.current
    return {
        "name": identity.name,
        "born_on": identity.born_on.isoformat() if identity.born_on else None,
        "number": None if number is None else {"kind": number.kind.value, "value": number.value},
        "language": identity.language,
        "interpreter": identity.interpreter,
        "address": identity.address,
        "protected_address": identity.protected_address,
    }


def _ways(file: CaseFile) -> tuple[ContactWay, ...]:
    """How to reach the person: never where the address is protected, whoever asks."""
    return () if file.patient.address_protected else file.patient.contact_ways or ()


def _way(way: ContactWay) -> dict[str, Any]:
    return {
        "kind": way.kind.value,
        "value": way.value,
        "label": way.label,
        "safe_to_call": way.safe_to_call,
        "safe_to_leave_message": way.safe_to_leave_message,
        "verified_on": way.verified_on.isoformat() if way.verified_on else None,
        "best_time": way.best_time,
    }


def _happened(file: CaseFile) -> Iterator[dict[str, Any]]:
    told = [
        one for one in file.timeline if one.kind in _TOLD and not (one.in_error or _is_assumed(one))
    ]
    first = [one for one in told if one.kind in BEGINNINGS]
    shown = told[:_MOST] + [one for one in first if one not in told[:_MOST]]
    for one in sorted(shown, key=lambda line: (line.at, line.recorded_at)):
        yield {
            "kind": one.kind,
            "at": known(one.at, date_only=one.date_only),
            "date_only": one.date_only,
            "what": _what(one),
            "channel": one.contact.channel if one.contact else (one.note or {}).get("way"),
            "whom": (one.note or {}).get("whom") if one.kind == "summary_interim" else None,
        }


def _is_assumed(one: Happened) -> bool:
    """A discharge that stands for what nobody knew, whether or not the real one is known by now."""
    return one.kind == "discharged" and bool(one.facts.get(NOT_KNOWN))


def _nobody_knows(one: Happened) -> bool:
    return _is_assumed(one) and not (one.in_error or one.facts.get("known_since"))


def _what(one: Happened) -> str | None:
    """The code of an outcome, never what was typed."""
    said = {**(one.note or {}), **((one.contact and one.contact.detail) or {})}
    found = said.get("outcome") or one.facts.get("index_kind")
    return None if found is None else str(found)


def _plan(plan: Version, file: CaseFile) -> Mapping[str, Any]:
    told = any(Topic.PLAN in may_know(lines) for lines in file.told.values())
    return for_receiver(plan, relatives_may_be_told=told)


def _goes_out(one: Relative, file: CaseFile) -> bool:
    """Whom we may contact, by consent or age, and whom nobody may contact or tell: that must not
    be lost, or the receiver does it."""
    if one.unreadable or one.ended_on is not None:
        return False
    if one.unsafe_to_contact or _objection(one, file) is not None:
        return True
    return bool(_OPENS & set(may_know(file.told.get(one.id, ()))))


_OPENS = frozenset({Topic.CONTACT, Topic.RESPONSIBILITY})
_HOLDS = frozenset(
    {Why.RESPECTED, Why.UNDECIDED, Why.STANDS, Why.STANDS_UNDECIDED, Why.AGE_UNKNOWN}
)


def _objection(one: Relative, file: CaseFile) -> str | None:
    """What became of the person's word that this one must not be told, where it holds something
    back today. Not its reasons: they stay here."""
    said = one.objection
    if said is None or not said.stands or said.respected is False:
        return None
    if not any(line.why in _HOLDS for line in file.told.get(one.id, ())):
        return None
    return "undecided" if said.respected is None else "respected"


def _relative(one: Relative, file: CaseFile) -> dict[str, Any]:
    unsafe = one.unsafe_to_contact
    may = [] if unsafe else may_know(file.told.get(one.id, ()))
    return {
        "name": one.name,
        "relation": one.relation,
        "nearest": one.nearest,
        "unsafe_to_contact": unsafe,
        "objection": _objection(one, file),
        "phone": one.phone if may else "",
        "carer": None if one.carer is None else one.carer.value,
        "may_be_told": [topic.value for topic in may],
    }


def _children(file: CaseFile) -> dict[str, Any]:
    """How many children and siblings, and whether those who care for them were told; unknown is
    not none."""
    if file.family is None:
        asked = file.family_asked_at is not None
        return {"asked": asked, "children": None, "siblings": None, "told": None}
    return {
        "asked": True,
        "children": _years(file.family.children),
        "siblings": _years(file.family.siblings),
        "told": file.family.child_contact_told,
    }


def _years(young: Sequence[Young] | None) -> list[int | None] | None:
    return None if young is None else [one.born_year for one in young]
