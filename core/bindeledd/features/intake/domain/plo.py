"""PLO 1.6 (and 1.5): pasientlogistikk, utskrivningsrapport and innleggelsesrapport in a MsgHead.

The body decides what it is; the head's message type only confirms it. A logistic message tells
of dated events (9121); a discharge report carries the time at hand (`InformasjonOmTime`).
"""

from collections.abc import Iterator

from lxml import etree

from bindeledd.features.intake.domain import tree
from bindeledd.features.intake.domain.facts import (
    AppointmentFacts,
    ContactPoint,
    Diagnosis,
    Identifier,
    Kind,
    Message,
    Moment,
    Outcome,
    PersonFacts,
    PostalAddress,
    RelativeFacts,
    Series,
    Stay,
    TextBlock,
)
from bindeledd.features.intake.domain.safety import CannotRead, Document

HEAD = "http://www.kith.no/xmlstds/msghead/2006-05-24"
_VERSIONS = {"2012-04-01": "plo-1.6", "2009-06-30": "plo-1.5"}
_BODIES = ("Pasientlogistikk", "TverrfagligEpikrise", "Innleggelsesrapport")
_LOGISTICS = {
    "MeldingInnlagtPasient": (Kind.ADMITTED, "LOG_INNLAGT"),
    "MeldingUtskrivningsklarPasient": (Kind.READY_FOR_DISCHARGE, "LOG_UTSKRIVNINGSKLAR"),
    "AvmeldingUtskrivningsklarPasient": (Kind.WITHDRAWN, "LOG_AVMELDING"),
    "MeldingOmUtskrevetPasient": (Kind.DISCHARGED, "LOG_UTSKREVET"),
    "OrienteringOmDod": (Kind.DEATH, "LOG_DOD"),
}
_REPORTS = {
    "TverrfagligEpikrise": (Kind.DISCHARGE_REPORT, "UTSKRIVNINGSRAPPORT"),
    "Innleggelsesrapport": (Kind.ADMISSION_REPORT, "INNLEGGELSESRAPPORT"),
}
_HAPPENED = {"1": "admitted", "2": "discharged", "3": "ready", "4": "withdrawn", "13": "died"}
_OUTCOMES = {"1": Outcome.ALIVE, "2": Outcome.DEAD, "3": Outcome.DIED_BY_SUICIDE}


class SeveralBodies(CannotRead):
    """One envelope with several messages in it: a person looks at it."""

    code = "intake.several_bodies"


class Plo:
    """Reads the PLO messages that a follow-up needs, versions 1.6 and 1.5."""

    def format_of(self, document: Document) -> str | None:
        """The format, when this reader knows a body in the envelope."""
        name = etree.QName(document.root)
        if (name.namespace, name.localname) != (HEAD, "MsgHead"):
            return None
        return next((version for version, _ in _bodies(document.root)), None)

    def read(self, document: Document, format: str) -> Message:
        """The facts. Raises a `CannotRead` where something needed is missing."""
        bodies = list(_bodies(document.root))
        if len(bodies) > 1:
            raise SeveralBodies(bodies=len(bodies), format=format)
        body = bodies[0][1]
        info = tree.needed(document.root, "MsgInfo")
        message_id = tree.text(info, "MsgId")
        if not message_id:
            raise tree.NoMessageId(format=format)
        generated = tree.moment(tree.text(info, "GenDate"))
        if generated is None:
            raise tree.AgainstSchema(missing="GenDate", format=format)
        kind, type_code = _kind(body)
        parent = tree.text(info, "ConversationRef", "RefToParent") or None
        series = Series(
            _series(tree.value(body, "InformasjonOmForsendelsen", "Forsendelsesstatus"))
        )
        return Message(
            format=format,
            kind=kind,
            message_id=message_id,
            parent_id=parent if series is not Series.NEW else None,
            document_id=_document_id(info, series, message_id),
            series=series,
            generated_at=generated.at,
            test=tree.value(info, "ProcessingStatus") in ("D", "T", "TEST"),
            title=tree.said(info, "Type"),
            sender=_points(tree.first(info, "Sender", "Organisation")),
            receiver=_receivers(info),
            patient=_patient(tree.first(info, "Patient"), body),
            stay=_stay(body),
            outcome=_outcome(body, kind),
            diagnoses=tuple(_diagnoses(body)),
            relatives=tuple(_relatives(body)),
            appointments=tuple(_appointments(body)),
            children=any(_minor(p) for p in tree.every(body, "ParorendeForesatt")),
            no_forwarding=tree.truth(body, "InformasjonOmForsendelsen", "ForbeholdOmVideresending")
            is True,
            reservations=tuple(_reservations(body)),
            texts=tuple(_texts(body)),
            encoding=document.encoding,
            remarks=tuple(_remarks(info, body, type_code)),
        )


def _bodies(root: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    for content in tree.every(root, "Document", "RefDoc", "Content"):
        for body in content:
            name = etree.QName(body)
            family, _, version = (name.namespace or "").rpartition("/")
            known = _VERSIONS.get(version)
            if known and name.localname in _BODIES and "/xmlstds/po/" in family + "/":
                yield known, body


def _kind(body: etree._Element) -> tuple[Kind, str]:
    name = tree.name_of(body)
    if name in _REPORTS:
        return _REPORTS[name]
    for child in body:
        if tree.name_of(child) in _LOGISTICS:
            return _LOGISTICS[tree.name_of(child)]
    raise tree.AgainstSchema(missing="Pasientlogistikk/*")


def _series(written: str) -> str:
    return written if written in ("N", "M", "C") else "N"


def _document_id(info: etree._Element, series: Series, message_id: str) -> str:
    """What joins a message with its changes and its cancellation (HISD 1154): the conversation."""
    if series is Series.NEW:
        return message_id
    conversation = tree.first(info, "ConversationRef")
    return (
        tree.text(conversation, "RefToParent")
        or tree.text(conversation, "RefToConversation")
        or message_id
    )


def _points(organisation: etree._Element | None) -> tuple[ContactPoint, ...]:
    """Contact points of an organisation, the innermost (department) first."""
    if organisation is None:
        return ()
    name = tree.text(organisation, "OrganisationName")
    own = (
        tree.point(tree.value(ident, "TypeId"), tree.text(ident, "Id"), name)
        for ident in tree.every(organisation, "Ident")
    )
    inner = _points(tree.first(organisation, "Organisation"))
    return (*inner, *(found for found in own if found))


def _receivers(info: etree._Element) -> tuple[ContactPoint, ...]:
    found = list(_points(tree.first(info, "Receiver", "Organisation")))
    for other in tree.every(info, "OtherReceiver", "Organisation"):
        found.extend(_points(other))
    return tree.distinct(found)


def _patient(patient: etree._Element | None, body: etree._Element) -> PersonFacts:
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


def _dated(body: etree._Element) -> Iterator[tuple[str, Moment]]:
    """Dated events as (what, when): by code, else (discharge report) by the words beside it."""
    nests = (
        [*body, body]
        if tree.name_of(body) == "Pasientlogistikk"
        else [*tree.every(body, "OpplysningOpphold")]
    )
    for nest in nests:
        for event in tree.every(nest, "TidsfestetHendelse"):
            words = tree.text(event, "BeskrivelseAvHendelse").casefold()
            what = _HAPPENED.get(tree.value(event, "Hendelsekode")) or _by_words(words)
            when = tree.moment(tree.value(event, "TidspunktForHendelse"))
            if what and when:
                yield what, when


def _by_words(words: str) -> str | None:
    if words.startswith("innlagt"):
        return "admitted"
    if words.startswith(("utskrevet", "utskrivningsdato", "utskrivelsesdato")):
        return "discharged"
    if words.startswith("utskrivningsklar"):
        return "ready"
    return None


def _stay(body: etree._Element) -> Stay:
    """The first moment that is said of each thing: a repeated one adds a place, not a time."""
    seen: dict[str, Moment] = {}
    for what, when in _dated(body):
        seen.setdefault(what, when)
    return Stay(
        admitted=seen.get("admitted"),
        ready=seen.get("ready"),
        withdrawn=seen.get("withdrawn"),
        discharged=seen.get("discharged"),
        died=seen.get("died"),
    )


def _outcome(body: etree._Element, kind: Kind) -> Outcome | None:
    if kind is Kind.DEATH:
        return Outcome.DEAD
    return _OUTCOMES.get(
        tree.value(body, "MeldingOmUtskrevetPasient", "UtskrevetTil", "Uttilstand")
    )


def _diagnoses(body: etree._Element) -> Iterator[Diagnosis]:
    for found in tree.every(body, "InfoMedisinskDiagnose", "MedisinskDiagnose"):
        coded = tree.first(found, "Diagnosekode")
        if coded is not None and coded.get("V"):
            yield Diagnosis(
                system=(coded.get("S") or "").rpartition(".")[2],
                code=(coded.get("V") or "").replace(".", "").replace(" ", "").upper(),
                main=tree.truth(found, "Hoveddiagnose") is True,
            )


def _minor(party: etree._Element) -> int | None:
    written = tree.text(party, "FodselsarMindrearigParorende")[:4]
    return int(written) if written.isdigit() else None


def _relatives(body: etree._Element) -> Iterator[RelativeFacts]:
    for party in tree.every(body, "ParorendeForesatt"):
        person = tree.first(party, "Referanseperson")
        names = (tree.text(person, part) for part in ("GivenName", "MiddleName", "FamilyName"))
        yield RelativeFacts(
            name=" ".join(name for name in names if name),
            relation=tree.value(party, "Slektskap"),
            phones=_phones(person),
            born_in=_minor(party),
            note=tree.text(party, "Merknad"),
        )


def _appointments(body: etree._Element) -> Iterator[AppointmentFacts]:
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
            minutes=int(minutes) if minutes.isdigit() else None,
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


def _reservations(body: etree._Element) -> Iterator[str]:
    for wish in tree.every(body, "InfoReservasjon", "ReservasjonOnske"):
        if not tree.text(wish, "TrukketTilbakeDato"):
            yield tree.text(wish, "Gjelder")


def _texts(body: etree._Element) -> Iterator[TextBlock]:
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


def _remarks(info: etree._Element, body: etree._Element, type_code: str) -> Iterator[str]:
    said = tree.value(info, "Type")
    if said != type_code:
        yield "type_differs"
    for element in body.iter("{*}TidsfestetHendelse"):
        code = tree.value(element, "Hendelsekode")
        if code and code not in _HAPPENED:
            yield f"9121:{code[:8]}"
