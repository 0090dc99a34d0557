"""The parts of a PLO message that several kinds share: patient, conditions, relatives, the time
at hand, reservations and words.
"""

from collections.abc import Iterator

from lxml import etree

from bindeledd.features.intake.domain import tree
from bindeledd.features.intake.domain.facts import (
    AppointmentFacts,
    Diagnosis,
    Identifier,
    PersonFacts,
    PostalAddress,
    RelativeFacts,
    TextBlock,
)

_DIGITS = 4  # a year, or the minutes of an appointment


def patient(patient: etree._Element | None, body: etree._Element) -> PersonFacts:
    if patient is None:
        return PersonFacts()
    help_needed = [*tree.every(body, "InfoAssistertKommunikasjon", "AssistertKommunikasjon")]
    address = tree.first(patient, "Address")
    given = (tree.text(patient, "GivenName"), tree.text(patient, "MiddleName"))
    return PersonFacts(
        family_name=tree.text(patient, "FamilyName"),
        given_name=" ".join(part for part in given if part),
        ids=tuple(
            Identifier(kind=tree.value(i, "TypeId"), value=tree.text(i, "Id").replace(" ", ""))
            for i in tree.every(patient, "Ident")
            if tree.text(i, "Id")
        ),
        born_on=tree.day(tree.text(patient, "DateOfBirth")),
        address=_address(address),
        phones=_phones(patient),
        language=tree.value(body, "TilleggsopplysningPasient", "Sprak"),
        interpreter=any(tree.value(found, "BehovTolkSprak") for found in help_needed),
    )


def _address(address: etree._Element | None) -> PostalAddress | None:
    if address is None:
        return None
    return PostalAddress(
        street=tree.text(address, "StreetAdr"),
        postal_code=tree.text(address, "PostalCode"),
        city=tree.text(address, "City"),
    )


def _phones(party: etree._Element | None) -> tuple[str, ...]:
    written = (
        tree.phone(tree.value(found, "TeleAddress")) for found in tree.every(party, "TeleCom")
    )
    return tuple(dict.fromkeys(number for number in written if number))


def diagnoses(body: etree._Element) -> Iterator[Diagnosis]:
    for found in tree.every(body, "InfoMedisinskDiagnose", "MedisinskDiagnose"):
        coded = tree.first(found, "Diagnosekode")
        if coded is not None and coded.get("V"):
            yield Diagnosis(
                system=(coded.get("S") or "").rpartition(".")[2],
                code=(coded.get("V") or "").replace(".", "").replace(" ", "").upper(),
                main=tree.truth(found, "Hoveddiagnose") is True,
            )


def minor(party: etree._Element) -> int | None:
    written = tree.text(party, "FodselsarMindrearigParorende")[:4]
    return _whole(written)


def _whole(written: str) -> int | None:
    """A whole number of a few digits; None for anything else that Unicode calls a digit."""
    fits = written.isascii() and written.isdecimal() and len(written) <= _DIGITS
    return int(written) if fits else None


def relatives(body: etree._Element) -> Iterator[RelativeFacts]:
    for party in tree.every(body, "ParorendeForesatt"):
        person = tree.first(party, "Referanseperson")
        names = (tree.text(person, part) for part in ("GivenName", "MiddleName", "FamilyName"))
        yield RelativeFacts(
            name=" ".join(name for name in names if name),
            relation=tree.value(party, "Slektskap"),
            phones=_phones(person),
            born_in=minor(party),
            note=tree.text(party, "Merknad"),
        )


def appointments(body: etree._Element) -> Iterator[AppointmentFacts]:
    for info in tree.every(body, "InfoKontrolltime"):
        for found in info:
            made = _appointment(tree.name_of(found), found)
            if made is not None:
                yield made


def _appointment(name: str, found: etree._Element) -> AppointmentFacts | None:
    told = tree.first(found, "InformertOm")
    patient, relatives = (
        tree.truth(told, "PasientInformert"),
        tree.truth(told, "ParorendeInformert"),
    )
    if name == "InformasjonOmTime":
        when = tree.moment(tree.text(found, "TidspunktTime"))
        minutes = tree.text(found, "Varighet")
        return AppointmentFacts(
            booked=tree.truth(found, "BestiltKontrolltime") is True and when is not None,
            at=when.at if when else None,
            minutes=_whole(minutes),
            place=tree.text(found, "StedTime"),
            patient_told=patient,
            relatives_told=relatives,
        )
    if name == "InformasjonOmTentativTime":
        return AppointmentFacts(
            booked=False,
            tentative=tree.text(found, "TentativtTidspunktTime") or tree.text(found, "Merknad"),
            place=tree.text(found, "StedTime"),
            patient_told=patient,
            relatives_told=relatives,
        )
    if name == "KontrolltimeBestill":
        by_patient = tree.truth(found, "PasientParorendeBestiller") is True
        return AppointmentFacts(
            booked=False,
            books="patient" if by_patient else "service",
            patient_told=patient,
            relatives_told=relatives,
        )
    return None


def reservations(body: etree._Element) -> Iterator[str]:
    for wish in tree.every(body, "InfoReservasjon", "ReservasjonOnske"):
        if not tree.text(wish, "TrukketTilbakeDato"):
            yield tree.text(wish, "Gjelder")


def texts(body: etree._Element) -> Iterator[TextBlock]:
    """Notes under their headings, and the remarks that stand with the dated events."""
    for element in body.iter("{*}Journaltekst"):
        words = tree.text(element, "Notat")
        if words:
            yield TextBlock(heading=tree.said(element, "Overskriftskode"), text=words)
    for element in body.iter("{*}TidsfestetHendelse"):
        for part in ("BeskrivelseAvHendelse", "Merknad"):
            if tree.text(element, part):
                yield TextBlock(
                    heading=tree.said(element, "Hendelsekode"), text=tree.text(element, part)
                )
