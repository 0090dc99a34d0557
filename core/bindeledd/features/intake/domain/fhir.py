"""FHIR R4 bundles, JSON or XML: what an Encounter (or a closed EpisodeOfCare) says of a stay.

A bundle of one stay is a snapshot: the newest says all that is known of it, so each replaces what
came before. `period.end` of a stay that is `finished` is the discharge; `cancelled` and
`entered-in-error` take back what was said of it. A document that is a discharge summary is one.
"""

from collections.abc import Iterator
from datetime import datetime

from lxml import etree

from bindeledd.features.intake.domain import fhir_parts, tree
from bindeledd.features.intake.domain.facts import (
    ContactPoint,
    Kind,
    Message,
    Moment,
    Outcome,
    PersonFacts,
    Series,
    Stay,
)
from bindeledd.features.intake.domain.fhir_bundle import codings, said, words
from bindeledd.features.intake.domain.fhir_message import (
    FORMAT,
    TAKEN_BACK,
    Parts,
    document_id_of,
    generated_at,
    is_test,
    message_id_of,
    parts_of,
    series_of,
    title_of,
)
from bindeledd.features.intake.domain.safety import CannotRead, Document
from bindeledd.features.intake.domain.written_json import FHIR

_TYPES = ("message", "document", "collection", "transaction")
_LEFT, _THERE = ("finished",), ("arrived", "triaged", "in-progress", "onleave")
_STATUSES = (*_LEFT, *_THERE, *TAKEN_BACK, "planned", "unknown")
_EPISODES = (*_LEFT, *TAKEN_BACK, "planned", "waitlist", "active", "onhold")
_CARE = {"IMP": "inpatient", "ACUTE": "inpatient", "NONAC": "inpatient", "SS": "day"}
_CARE |= {"AMB": "outpatient", "VR": "outpatient", "HH": "outpatient"}
_ENDED = "2.16.578.1.12.4.1.1.8431"
_ENDED_AS = {"1": Outcome.ALIVE, "2": Outcome.DEAD, "3": Outcome.DIED_BY_SUICIDE}
# (end of the system's name, code): the person died during the stay (HL7, UB-04).
_UB_04 = ("20", "40", "41", "42")
_DIED = {
    ("discharge-disposition", "exp"),
    *((system, code) for system in ("nubc-UB92", "PatDischargeStatus") for code in _UB_04),
}
# What says a death in one system or another: without a system it may, and a person is asked.
_MAY_SAY_DEATH = frozenset({"2", "3", *(code for _, code in _DIED)})
_DISPOSITIONS = (_ENDED, *(system for system, _ in _DIED))
_DIED_IN_WORDS = ("død", "som død", "mors", "expired", "deceased")


class NothingTold(CannotRead):
    """No stay that has begun or ended, no summary, no death: nothing that a follow-up rests on."""

    code = "intake.nothing_told"


class Contradiction(CannotRead):
    """Two things that it says cannot both be so: a person has to ask the sender."""

    code = "intake.contradiction"


class Fhir:
    """Reads FHIR R4 bundles of the types message, document, collection and transaction."""

    def format_of(self, document: Document) -> str | None:
        """The format, when the root is a bundle of a type that carries something new."""
        name = etree.QName(document.root)
        ours = (name.namespace, name.localname) == (FHIR, "Bundle")
        return FORMAT if ours and said(document.root, "type") in _TYPES else None

    def read(self, document: Document, format: str) -> Message:
        """The facts. Raises a `CannotRead` where something needed is missing."""
        parts = parts_of(document.root)
        generated = generated_at(parts)
        person = fhir_parts.patient(parts.who, parts.subject)
        series, stay = series_of(parts), _stay(parts, generated)
        outcome = _outcome(parts, person)
        close = tuple(fhir_parts.relatives(parts.bundle, parts.who, generated.date()))
        return Message(
            format=format,
            kind=_kind(parts, series, outcome),
            message_id=message_id_of(parts),
            document_id=document_id_of(parts),
            series=series,
            generated_at=generated,
            test=is_test(parts),
            final=said(parts.composition, "status") != "preliminary",
            title=title_of(parts),
            sender=_sender(parts),
            receiver=_receiver(parts),
            patient=person,
            stay=stay,
            outcome=outcome,
            diagnoses=tuple(
                () if parts.stay is None else fhir_parts.diagnoses(parts.bundle, parts.stay)
            ),
            relatives=close,
            appointments=tuple(fhir_parts.appointments(parts.bundle, parts.who)),
            children=any(one.born_in for one in close),
            texts=tuple(fhir_parts.texts(parts.composition, parts.stay)),
            encoding=document.encoding,
            remarks=tuple(_remarks(parts)),
            complete=False,
        )


# --- what it tells --------------------------------------------------------------------------------


def _kind(parts: Parts, series: Series, outcome: Outcome | None) -> Kind:
    if parts.is_summary:
        return Kind.DISCHARGE_SUMMARY
    if series is Series.CANCELLED or parts.status in _LEFT:
        return Kind.DISCHARGED
    if outcome in (Outcome.DEAD, Outcome.DIED_BY_SUICIDE):
        return Kind.DEATH
    if parts.stay is not None and parts.status in _THERE:
        return Kind.ADMITTED
    raise NothingTold(format=FORMAT)


def _stay(parts: Parts, generated: datetime) -> Stay:
    """The stay's period. An end of one who is still there may lie ahead; else it is refused."""
    died = tree.moment(said(parts.who, "deceasedDateTime"))
    if parts.stay is None or parts.status in TAKEN_BACK:
        return Stay(died=died)
    known = _STATUSES if tree.name_of(parts.stay) == "Encounter" else _EPISODES
    if parts.status not in known:
        raise tree.AgainstSchema(at=_at(parts, "status"), format=FORMAT)
    starts, ends = _time(parts, "start"), _time(parts, "end")
    _refuse_contradictions(parts, starts, ends, generated)
    kept = parts.status in (*_LEFT, *_THERE)
    return Stay(
        admitted=starts if kept else None,
        discharged=ends if kept else None,
        died=died,
        care=_CARE.get(said(parts.stay, "class", "code"), ""),
    )


def _at(parts: Parts, field: str) -> str:
    """A field of the stay by name, for whoever has to put it right: `encounter_no_end`."""
    kind = "encounter" if tree.name_of(parts.stay) == "Encounter" else "episode"  # type: ignore[arg-type]
    return f"{kind}_{field}"


def _time(parts: Parts, end: str) -> Moment | None:
    try:
        return tree.moment(said(parts.stay, "period", end))
    except tree.BadTime:
        raise tree.BadTime(at=_at(parts, f"period_{end}"), format=FORMAT) from None


def _refuse_contradictions(
    parts: Parts, starts: Moment | None, ends: Moment | None, generated: datetime
) -> None:
    status = parts.status
    if ends is None:
        if status in _LEFT:
            raise tree.NotSaid(at=_at(parts, "no_end"), format=FORMAT)
        return
    if starts is not None and ends.at < starts.at:
        same_day = starts.at.astimezone(tree.OSLO).date() == ends.at.astimezone(tree.OSLO).date()
        if not (ends.date_only and same_day):
            raise Contradiction(at=_at(parts, "ends_first"), format=FORMAT)
    if status in _THERE and ends.at <= generated:
        raise Contradiction(at=_at(parts, "over"), format=FORMAT)


def _outcome(parts: Parts, person: PersonFacts) -> Outcome | None:
    """Of codes first; the words of a disposition only where they say a death and nothing else.

    A code of no system that would be a death in another is never passed over: it is refused. One
    that nobody understands says nothing, and is shown as it stands.
    """
    path = ("hospitalization", "dischargeDisposition")
    found = set(codings(parts.stay, *path))
    told = {_ENDED_AS.get(code) for system, code in found if system.endswith(_ENDED)}
    if Outcome.DIED_BY_SUICIDE in told:
        return Outcome.DIED_BY_SUICIDE
    died = any((system.rpartition("/")[2], code) in _DIED for system, code in found)
    in_words = words(parts.stay, *path).casefold().startswith(_DIED_IN_WORDS)
    gone = said(parts.who, "deceasedBoolean") == "true" or person.died_on is not None
    if Outcome.DEAD in told or died or in_words or gone:
        return Outcome.DEAD
    if any(not system and code.casefold() in _MAY_SAY_DEATH for system, code in found):
        raise tree.AgainstSchema(at=_at(parts, "disposition"), format=FORMAT)
    known = any(system.endswith(_DISPOSITIONS) for system, _ in found)
    return Outcome.ALIVE if known else None


def _sender(parts: Parts) -> tuple[ContactPoint, ...]:
    """The unit of the stay first, then whoever sent: department before legal entity."""
    return fhir_parts.points(
        parts.bundle,
        iter(
            [
                *tree.every(parts.stay, "serviceProvider"),
                *tree.every(parts.stay, "managingOrganization"),
                *tree.every(parts.header, "sender"),
                *tree.every(parts.header, "responsible"),
                *tree.every(parts.composition, "custodian"),
            ]
        ),
    )


def _receiver(parts: Parts) -> tuple[ContactPoint, ...]:
    return fhir_parts.points(parts.bundle, tree.every(parts.header, "destination", "receiver"))


def _remarks(parts: Parts) -> Iterator[str]:
    if any(parts.bundle.of(kind) for kind in ("Binary", "DocumentReference", "Media")):
        yield "attachments"
    for system, code in codings(parts.stay, "hospitalization", "dischargeDisposition"):
        if system.endswith(_ENDED) and code not in _ENDED_AS:
            yield f"8431:{code[:8]}"
