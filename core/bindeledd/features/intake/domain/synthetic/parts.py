"""The parts that messages of several kinds are written from, and what every message carries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from bindeledd.features.intake.domain.facts import (
    AppointmentFacts,
    ContactPoint,
    Diagnosis,
    RelativeFacts,
    Series,
)
from bindeledd.features.intake.domain.synthetic.persons import SyntheticPerson
from bindeledd.features.intake.domain.tree import OSLO

_TYPE_IDS = {"HER": "HER", "RESH": "RSH", "ENH": "ENH", "local": "LAV"}
_HEAD = "http://www.kith.no/xmlstds/msghead/2006-05-24"


@dataclass(frozen=True, kw_only=True)
class Party:
    """A sender or receiver: the department (or service) and the legal entity that it belongs to."""

    department: ContactPoint
    legal: ContactPoint


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """What every message carries. `parent_id` is the message that it changes or cancels (PLO)."""

    message_id: str
    sender: Party
    receiver: Party
    person: SyntheticPerson
    generated_at: datetime
    series: Series = Series.NEW
    parent_id: str = ""
    test: bool = False


def document(body: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'.encode()


def written(at: datetime, date_only: bool = False) -> str:
    local = at.astimezone(OSLO)
    return f"{local:%Y-%m-%d}" if date_only else f"{local:%Y-%m-%dT%H:%M:%S}"


def reported_event(
    admitted: datetime,
    discharged: datetime,
    diagnoses: Sequence[Diagnosis],
    plan: str,
    version: str,
    date_only: bool,
) -> str:
    items = "".join(
        f'<InfItem><Observation><CodedDescr><Concept V="{escape(found.code)}" '
        f'S="2.16.578.1.12.4.1.1.{found.system}"/></CodedDescr></Observation>'
        f'<Type V="{"H" if found.main else "B"}"/></InfItem>'
        for found in diagnoses
    )
    words = (
        '<Comment><Heading V="OP" DN="Planer for videre oppfølging"/><TextResultValue>'
        f'<div xmlns="http://www.w3.org/1999/xhtml"><p>{escape(plan)}</p></div>'
        "</TextResultValue></Comment>"
    )
    return (
        f'<Event><ReportedEvent><StartDateTime V="{written(admitted, date_only)}"/>'
        f'<EndDateTime V="{written(discharged, date_only)}"/></ReportedEvent><ServType V="N"/>'
        f"{'<Id>1</Id>' if version == '1.1' else ''}"
        f'<Service><AdmCat V="1" DN="Heldøgnsopphold"/></Service>{items}{words if plan else ""}'
        "</Event>"
    )


def provider(party: Party) -> str:
    return (
        f"<HCP><Inst><Name>{escape(party.legal.name)}</Name><Id>{escape(party.legal.value)}</Id>"
        f'<TypeId V="{_TYPE_IDS[party.legal.scheme]}"/><Dept>'
        f"<Name>{escape(party.department.name)}</Name><Id>{escape(party.department.value)}</Id>"
        f'<TypeId V="{_TYPE_IDS[party.department.scheme]}"/></Dept></Inst></HCP>'
    )


def related(relative: RelativeFacts) -> str:
    given, _, family = relative.name.rpartition(" ")
    phones = "".join(f'<TeleAddress V="tel:{escape(phone)}"/>' for phone in relative.phones)
    return (
        f"<PatientRelParty><Relation V={quoteattr(relative.relation)}/>"
        f"<Name>{escape(family)}, {escape(given)}</Name>"
        f'<Address><Type V="HP"/>{phones}</Address></PatientRelParty>'
    )


def organisation(party: Party) -> str:
    def one(found: ContactPoint, inner: str = "") -> str:
        return (
            f"<Organisation><OrganisationName>{escape(found.name)}</OrganisationName><Ident>"
            f'<Id>{escape(found.value)}</Id><TypeId V="{_TYPE_IDS[found.scheme]}" '
            f'S="2.16.578.1.12.4.1.1.9051"/></Ident>{inner}</Organisation>'
        )

    return one(party.legal, one(party.department))


def head(message_type: str, envelope: Envelope, body: str) -> bytes:
    person = envelope.person
    reference = ""
    if envelope.parent_id:
        parent = escape(envelope.parent_id)
        reference = (
            f"<ConversationRef><RefToParent>{parent}</RefToParent>"
            f"<RefToConversation>{parent}</RefToConversation></ConversationRef>"
        )
    status = '<ProcessingStatus V="D" DN="Test"/>' if envelope.test else ""
    return document(
        f'<MsgHead xmlns="{_HEAD}"><MsgInfo><Type V="{message_type}"/>'
        f"<MIGversion>v1.2 2006-05-24</MIGversion><GenDate>{written(envelope.generated_at)}</GenDate>"
        f"<MsgId>{escape(envelope.message_id)}</MsgId>{status}{reference}"
        f"<Sender>{organisation(envelope.sender)}</Sender>"
        f"<Receiver>{organisation(envelope.receiver)}</Receiver><Patient>"
        f"<FamilyName>{escape(person.family_name)}</FamilyName>"
        f"<GivenName>{escape(person.given_name)}</GivenName>"
        f"<DateOfBirth>{person.born_on}</DateOfBirth><Ident><Id>{person.number}</Id>"
        '<TypeId V="FNR" DN="Fødselsnummer" S="2.16.578.1.12.4.1.1.8116"/></Ident>'
        f'<TeleCom><TypeTelecom V="MC"/><TeleAddress V="tel:{person.phone}"/></TeleCom>'
        f'</Patient></MsgInfo><Document><RefDoc><IssueDate V="{written(envelope.generated_at)}"/>'
        f'<MsgType V="XML"/><Content>{body}</Content></RefDoc></Document></MsgHead>'
    )


def sending(envelope: Envelope) -> str:
    return (
        f'<InformasjonOmForsendelsen><Forsendelsesstatus V="{envelope.series}"/>'
        "</InformasjonOmForsendelsen>"
    )


def happened(code: str, at: datetime, date_only: bool, remark: str, words: str = "") -> str:
    coded = f'<Hendelsekode V="{code}" S="2.16.578.1.12.4.1.1.9121"/>' if code else ""
    described = f"<BeskrivelseAvHendelse>{escape(words)}</BeskrivelseAvHendelse>" if words else ""
    noted = f"<Merknad>{escape(remark)}</Merknad>" if remark else ""
    return (
        f"<TidsfestetHendelse>{coded}{described}"
        f'<TidspunktForHendelse V="{written(at, date_only)}"/><Anslag>false</Anslag>{noted}'
        "</TidsfestetHendelse>"
    )


def relative(relative: RelativeFacts) -> str:
    given, _, family = relative.name.rpartition(" ")
    born = f"<FodselsarMindrearigParorende>{relative.born_in}</FodselsarMindrearigParorende>"
    phones = "".join(
        f'<fk1:TeleCom><fk1:TypeTelecom V="MC"/><fk1:TeleAddress V="tel:{escape(phone)}"/>'
        "</fk1:TeleCom>"
        for phone in relative.phones
    )
    return (
        f"<ParorendeForesatt><Slektskap V={quoteattr(relative.relation)}/>"
        f"{born if relative.born_in else ''}<Referanseperson>"
        f"<fk1:FamilyName>{escape(family)}</fk1:FamilyName>"
        f"<fk1:GivenName>{escape(given)}</fk1:GivenName>{phones}</Referanseperson>"
        "</ParorendeForesatt>"
    )


def conditions(diagnoses: Sequence[Diagnosis]) -> str:
    if not diagnoses:
        return ""
    each = "".join(
        f"<MedisinskDiagnose><Hoveddiagnose>{str(found.main).lower()}</Hoveddiagnose>"
        f'<Diagnosekode V="{escape(found.code)}" S="2.16.578.1.12.4.1.1.{found.system}"/>'
        "</MedisinskDiagnose>"
        for found in diagnoses
    )
    return f"<InfoMedisinskDiagnose>{each}</InfoMedisinskDiagnose>"


def notes(plan: str) -> str:
    if not plan:
        return ""
    return (
        '<MedisinskfagligeOpplysninger><epj2:GenereltJournalnotat komponentID="1" '
        'm1:informasjonskategori="Andre notater" m1:basiskomponenttype="EPJ dokument" '
        'm1:komponenttype="2.16.578.1.12.4.1.6.13.11009.0"><epj2:Journaltekst>'
        '<epj2:Overskriftskode V="OP" DN="Planer for videre oppfølging" '
        f'S="2.16.578.1.12.4.1.1.9142"/><epj2:Notat>{escape(plan)}</epj2:Notat>'
        "</epj2:Journaltekst></epj2:GenereltJournalnotat></MedisinskfagligeOpplysninger>"
    )


def informed(appointment: AppointmentFacts) -> str:
    if appointment.patient_told is None:
        return ""
    patient, relatives = bool(appointment.patient_told), bool(appointment.relatives_told)
    return (
        f"<InformertOm><PasientInformert>{str(patient).lower()}</PasientInformert>"
        f"<ParorendeInformert>{str(relatives).lower()}</ParorendeInformert></InformertOm>"
    )


def control(appointment: AppointmentFacts | None) -> str:
    if appointment is None:
        return ""
    told, place = informed(appointment), f"<StedTime>{escape(appointment.place)}</StedTime>"
    if appointment.tentative:
        inner = (
            "<InformasjonOmTentativTime><TentativtTidspunktTime>"
            f"{escape(appointment.tentative)}</TentativtTidspunktTime>{place}{told}"
            "</InformasjonOmTentativTime>"
        )
    elif appointment.books:
        by_patient = str(appointment.books == "patient").lower()
        inner = (
            f"<KontrolltimeBestill><PasientParorendeBestiller>{by_patient}"
            f"</PasientParorendeBestiller>{told}</KontrolltimeBestill>"
        )
    else:
        when = f"<TidspunktTime>{written(appointment.at)}</TidspunktTime>" if appointment.at else ""
        lasts = f"<Varighet>{appointment.minutes}</Varighet>" if appointment.minutes else ""
        inner = (
            f"<InformasjonOmTime><BestiltKontrolltime>{str(appointment.booked).lower()}"
            f"</BestiltKontrolltime>{when}{lasts}{place if appointment.place else ''}{told}"
            "</InformasjonOmTime>"
        )
    return f"<InfoKontrolltime>{inner}</InfoKontrolltime>"
