"""The parts of a FHIR bundle: who, from where, with what, with whom, and the time at hand.

Norwegian identifiers are known by their OID (no-basis). A local number of a hospital is none of
them and is left aside: two systems may have given the same one to two people.
"""

from collections.abc import Iterator
from datetime import date

from lxml import etree

from bindeledd.features.intake.domain import tree
from bindeledd.features.intake.domain.facts import (
    AppointmentFacts,
    ContactPoint,
    Diagnosis,
    Identifier,
    PersonFacts,
    RelativeFacts,
    TextBlock,
)
from bindeledd.features.intake.domain.fhir_bundle import Bundle, Circle, codings, said, words

_OID = "2.16.578.1.12.4.1"
_NUMBERS = {
    f"{_OID}.4.1": "FNR",
    f"{_OID}.4.2": "DNR",
    f"{_OID}.4.3": "FHN",
    f"{_OID}.4.5": "DUF",
}
_KINDS, _KINDS_OF_NUMBER = f"{_OID}.1.8327", ("FNR", "DNR", "FHN", "HNR")
_POINTS = {f"{_OID}.2": "HER", f"{_OID}.4.101": "ENH", f"{_OID}.4.102": "RESH"}
_ICD_10 = ("http://hl7.org/fhir/sid/icd-10", "http://hl7.org/fhir/sid/icd-10-no")
_ICPC_2 = ("http://hl7.org/fhir/sid/icpc-2", "http://hl7.org/fhir/sid/icpc-2-no")
_OF_AGE = 18
_INTERPRETER = "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired"
_BOOKED, _NOT_YET = ("booked", "arrived", "checked-in"), ("proposed", "pending", "waitlist")
# Systems whose codes are read as an outcome: others are shown as they stand.
_KNOWN_ENDINGS = (f"{_OID}.1.8431", "discharge-disposition", "nubc-UB92", "PatDischargeStatus")
_UNTRUE = ("refuted", "entered-in-error")


def _oid(system: str) -> str:
    return system.removeprefix("urn:oid:")


# --- people ---------------------------------------------------------------------------------------


def patient(found: etree._Element | None, subject: etree._Element | None) -> PersonFacts:
    """Who it is about; without a Patient, what the reference itself says (number and name)."""
    if found is None:
        numbers = tuple(_numbers(tree.every(subject, "identifier")))
        given, _, family = said(subject, "display").rpartition(" ")
        return PersonFacts(family_name=family, given_name=given, ids=numbers)
    family, given = _name(found)
    died = tree.moment(said(found, "deceasedDateTime"))
    return PersonFacts(
        family_name=family,
        given_name=given,
        ids=tuple(_numbers(tree.every(found, "identifier"))),
        born_on=tree.day(said(found, "birthDate")),
        died_on=died.at.astimezone(tree.OSLO).date() if died else None,
        phones=_phones(found),
        language=_language(found),
        interpreter=any(
            _url(more) == _INTERPRETER and said(more, "valueBoolean") == "true"
            for more in tree.every(found, "extension")
        ),
    )


def _url(extension: etree._Element) -> str:
    """In XML an attribute, in JSON a value."""
    return extension.get("url") or said(extension, "url")


def _numbers(identifiers: Iterator[etree._Element]) -> Iterator[Identifier]:
    for found in identifiers:
        value, kind = said(found, "value").replace(" ", ""), _number_kind(found)
        if kind and value and said(found, "use") != "old":
            assigner = tree.first(found, "assigner")
            given_by = said(assigner, "identifier", "value") or said(assigner, "display")
            yield Identifier(kind=kind, value=value, assigner=given_by if kind == "HNR" else "")


def _number_kind(identifier: etree._Element) -> str | None:
    known = _NUMBERS.get(_oid(said(identifier, "system")))
    for system, code in codings(identifier, "type"):
        if known is None and _oid(system) == _KINDS and code in _KINDS_OF_NUMBER:
            known = code
    return known


def _name(person: etree._Element) -> tuple[str, str]:
    """Family and given name: the official one, else the first that is still in use."""
    names = [one for one in tree.every(person, "name") if said(one, "use") != "old"]
    names.sort(key=lambda one: said(one, "use") != "official")
    if not names:
        return "", ""
    given = " ".join(text for text in (said(one) for one in tree.every(names[0], "given")) if text)
    family = said(names[0], "family")
    if not family and not given:
        given, _, family = said(names[0], "text").rpartition(" ")
    return family, given


def _phones(person: etree._Element) -> tuple[str, ...]:
    written = (
        tree.phone(said(way, "value"))
        for way in tree.every(person, "telecom")
        if said(way, "system") in ("phone", "sms") and said(way, "use") != "old"
    )
    return tuple(dict.fromkeys(number for number in written if number))


def _language(person: etree._Element) -> str:
    spoken = list(tree.every(person, "communication"))
    spoken.sort(key=lambda one: said(one, "preferred") != "true")
    codes = (code for one in spoken for _, code in codings(one, "language"))
    return next(codes, "")


def relatives(bundle: Bundle, who: etree._Element | None, on: date) -> Iterator[RelativeFacts]:
    """Whom the bundle names as close to the patient; the year of birth of those under age only."""
    for found in bundle.of("RelatedPerson"):
        about = tree.first(found, "patient")
        wrong = about is not None and who is not None and bundle.find(about) is not who
        if said(found, "active") != "false" and not wrong:
            yield _relative(found, on)
    for contact in tree.every(who, "contact"):
        yield _relative(contact, on)


def _relative(found: etree._Element, on: date) -> RelativeFacts:
    family, given = _name(found)
    born = tree.day(said(found, "birthDate"))
    minor = born is not None and born.year + _OF_AGE >= on.year
    relation = next((code for _, code in codings(found, "relationship")), "")
    return RelativeFacts(
        name=f"{given} {family}".strip(),
        relation=relation or words(found, "relationship"),
        phones=_phones(found),
        born_in=born.year if minor and born else None,
    )


# --- where ----------------------------------------------------------------------------------------


def points(bundle: Bundle, references: Iterator[etree._Element]) -> tuple[ContactPoint, ...]:
    """Contact points of organisations, each before the one that it is part of."""
    found: list[ContactPoint | None] = []
    for reference in references:
        found.extend(_reference(reference))
        seen: list[etree._Element] = []
        one = bundle.find(reference)
        while one is not None:
            if one in seen:
                raise Circle()
            seen.append(one)
            found.extend(_points(one, said(one, "name")))
            above = tree.first(one, "partOf")
            found.extend(_reference(above))
            one = bundle.find(above)
    return tree.distinct(found)


def _reference(reference: etree._Element | None) -> Iterator[ContactPoint | None]:
    """A reference may name by an identifier what does not stand in the bundle."""
    if reference is not None:
        yield from _points(reference, said(reference, "display"))


def _points(holder: etree._Element, name: str) -> Iterator[ContactPoint]:
    """HER before ENH and RESH, and what only the sender knows last, with its system before it."""
    found = []
    for one in tree.every(holder, "identifier"):
        system, value = said(one, "system"), said(one, "value").replace(" ", "")
        scheme = _POINTS.get(_oid(system))
        if value:
            known = scheme or "local"
            written = value if scheme else f"{system}|{value}"
            found.append(ContactPoint(scheme=known, value=written, name=name))
    yield from sorted(found, key=lambda point: point.scheme == "local")


# --- what -----------------------------------------------------------------------------------------


def diagnoses(bundle: Bundle, stay: etree._Element) -> Iterator[Diagnosis]:
    """Conditions of this stay: named by it, or naming it. An old one in a problem list is not."""
    named = list(tree.every(stay, "diagnosis", "condition"))
    first = {id(bundle.find(one)): place for place, one in enumerate(named)}
    for found in bundle.of("Condition"):
        of_stay = tree.first(found, "encounter")
        ours = id(found) in first or (of_stay is not None and bundle.means(of_stay, stay))
        untrue = any(code in _UNTRUE for _, code in codings(found, "verificationStatus"))
        if ours and not untrue:
            for system, code in codings(found, "code"):
                written = code.replace(".", "").replace(" ", "").upper()
                main = first.get(id(found)) == 0
                yield Diagnosis(system=_code_system(system), code=written, main=main)


def _code_system(system: str) -> str:
    if system in _ICD_10:
        return "7110"
    if system in _ICPC_2:
        return "7170"
    return _oid(system).rpartition(".")[2] if _oid(system).startswith(_OID) else system


def appointments(bundle: Bundle, who: etree._Element | None) -> Iterator[AppointmentFacts]:
    """Times of this patient that stand, or that somebody has yet to make certain."""
    for found in bundle.of("Appointment"):
        actors = list(tree.every(found, "participant"))
        theirs = [one for one in actors if _is_of(bundle, one, who)]
        others = any(_kind(bundle, one) == "Patient" for one in actors)
        status = said(found, "status")
        if (others and not theirs) or status not in (*_BOOKED, *_NOT_YET):
            continue
        when = tree.moment(said(found, "start"))
        minutes = said(found, "minutesDuration")
        booked = status in _BOOKED and when is not None and not when.date_only
        yield AppointmentFacts(
            booked=booked,
            at=when.at if when and booked else None,
            minutes=int(minutes) if minutes.isascii() and minutes.isdecimal() else None,
            place=_place(bundle, actors),
            tentative="" if booked else said(found, "start") or words(found, "appointmentType"),
            patient_told=True if any(said(a, "status") == "accepted" for a in theirs) else None,
        )


def _is_of(bundle: Bundle, participant: etree._Element, who: etree._Element | None) -> bool:
    actor = tree.first(participant, "actor")
    return actor is not None and who is not None and bundle.find(actor) is who


def _kind(bundle: Bundle, participant: etree._Element) -> str:
    actor = tree.first(participant, "actor")
    found = bundle.find(actor)
    if found is not None:
        return tree.name_of(found)
    parts = said(actor, "reference").split("/")
    return said(actor, "type") or (parts[-2] if len(parts) > 1 else "")


def _place(bundle: Bundle, actors: list[etree._Element]) -> str:
    for one in actors:
        if _kind(bundle, one) in ("Location", "HealthcareService"):
            actor = tree.first(one, "actor")
            return said(actor, "display") or said(bundle.find(actor), "name")
    return ""


def texts(composition: etree._Element | None, stay: etree._Element | None) -> Iterator[TextBlock]:
    """The sections of a document, and how the stay is said to have ended."""
    waiting = list(tree.every(composition, "section"))
    while waiting:
        section = waiting.pop(0)
        told = tree.plain(tree.first(section, "text", "div"))
        if told:
            yield TextBlock(heading=said(section, "title") or words(section, "code"), text=told)
        waiting[:0] = tree.every(section, "section")
    for heading, path in (("Utskrevet til", ("hospitalization", "dischargeDisposition")),):
        told = words(stay, *path) or ", ".join(
            code for system, code in codings(stay, *path) if not system.endswith(_KNOWN_ENDINGS)
        )
        if told:
            yield TextBlock(heading=heading, text=told)
