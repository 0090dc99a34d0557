"""Writes messages of every kind, valid against the official schemas, as bytes.

Only what the follow-up reads is filled in. Times are written as Norwegian time without a zone, as
most senders do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from bindeledd.features.intake.domain.facts import (
    AppointmentFacts,
    ContactPoint,
    Diagnosis,
    Kind,
    Outcome,
    RelativeFacts,
    Series,
)
from bindeledd.features.intake.domain.synthetic.persons import SyntheticPerson
from bindeledd.features.intake.domain.tree import OSLO

_TYPE_IDS = {"HER": "HER", "RESH": "RSH", "ENH": "ENH", "local": "LAV"}
_EPIKRISE = {
    "1.1": ("http://www.kith.no/xmlstds/epikrise/2006-09-23", "v1.1 2006-09-23"),
    "1.2": ("http://www.kith.no/xmlstds/epikrise/2012-02-15", "v1.2 2012-02-15"),
}
_HEAD = "http://www.kith.no/xmlstds/msghead/2006-05-24"
_PO = "http://www.kith.no/xmlstds/po"
_SPACES = (
    f'xmlns="{_PO}/poKomponent/2012-04-01" xmlns:fk1="http://www.kith.no/xmlstds/felleskomponent1" '
    'xmlns:epj2="http://www.kith.no/xmlstds/epj/epj2/2008-02-20" '
    'xmlns:m1="http://www.kith.no/xmlstds/epj/meta/2008-02-20"'
)
_LOGISTICS = {
    Kind.ADMITTED: ("LOG_INNLAGT", "MeldingInnlagtPasient", "1"),
    Kind.READY_FOR_DISCHARGE: ("LOG_UTSKRIVNINGSKLAR", "MeldingUtskrivningsklarPasient", "3"),
    Kind.WITHDRAWN: ("LOG_AVMELDING", "AvmeldingUtskrivningsklarPasient", "4"),
    Kind.DISCHARGED: ("LOG_UTSKREVET", "MeldingOmUtskrevetPasient", "2"),
    Kind.DEATH: ("LOG_DOD", "OrienteringOmDod", "13"),
}
_OUTCOMES = {Outcome.ALIVE: "1", Outcome.DEAD: "2", Outcome.DIED_BY_SUICIDE: "3"}


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


def epikrise(
    envelope: Envelope,
    *,
    document_id: str,
    admitted: datetime,
    discharged: datetime,
    diagnoses: Sequence[Diagnosis] = (),
    relatives: Sequence[RelativeFacts] = (),
    plan: str = "",
    version: str = "1.2",
    date_only: bool = False,
) -> bytes:
    """A discharge summary, Epikrise 1.1 or 1.2. A cancellation carries no stay."""
    space, mig = _EPIKRISE[version]
    event = ""
    if envelope.series is not Series.CANCELLED:
        event = _event(admitted, discharged, diagnoses, plan, version, date_only)
    status = '<Status V="TEST"/>' if envelope.test and version == "1.2" else ""
    person = envelope.person
    return _document(
        f'<Message xmlns="{space}"><Type V="EPIKRISE" DN="Epikrise"/>'
        f'<MIGversion>{mig}</MIGversion><GenDate V="{_time(envelope.generated_at)}"/>'
        f"<MsgId>{escape(envelope.message_id)}</MsgId>{status}<ServRprt>"
        f'<ServType V="{envelope.series}"/><IssueDate V="{_time(envelope.generated_at)}"/>'
        f'<Status V="F" DN="Endelig rapport"/><MsgDescr>Epikrise</MsgDescr>'
        f"<ServProvId>{escape(document_id)}</ServProvId>{event}<Patient>"
        f'<DateOfBirth V="{person.born_on}"/>'
        f"<Name>{escape(person.family_name)}, {escape(person.given_name)}</Name>"
        f'<OffId>{person.number}</OffId><TypeOffId V="FNR" DN="Fødselsnummer"/>'
        f"{''.join(_related(relative) for relative in relatives)}"
        f'<Address><Type V="HP"/><TeleAddress V="tel:{person.phone}"/></Address></Patient>'
        f"<ServProvider>{_provider(envelope.sender)}</ServProvider>"
        f"<Requester>{_provider(envelope.receiver)}</Requester></ServRprt></Message>"
    )


def logistics(
    kind: Kind,
    envelope: Envelope,
    *,
    happened: datetime,
    date_only: bool = False,
    outcome: Outcome = Outcome.ALIVE,
    remark: str = "",
) -> bytes:
    """A PLO 1.6 logistic message of `kind`: one dated event."""
    message_type, element, code = _LOGISTICS[kind]
    to = ""
    if kind is Kind.DISCHARGED:
        to = (
            f'<UtskrevetTil><Uttilstand V="{_OUTCOMES[outcome]}" S="2.16.578.1.12.4.1.1.8431"/>'
            '<UtTil V="1" S="2.16.578.1.12.4.1.1.8408"/></UtskrevetTil>'
        )
    body = (
        f'<p1:Pasientlogistikk xmlns:p1="{_PO}/Pasientlogistikk/2012-04-01" {_SPACES}>'
        f"{_sending(envelope)}<p1:{element}>{to}"
        f"{_happened(code, happened, date_only, remark)}</p1:{element}></p1:Pasientlogistikk>"
    )
    return _head(message_type, envelope, body)


def discharge_report(
    envelope: Envelope,
    *,
    admitted: datetime,
    discharged: datetime,
    diagnoses: Sequence[Diagnosis] = (),
    relatives: Sequence[RelativeFacts] = (),
    appointment: AppointmentFacts | None = None,
    plan: str = "",
) -> bytes:
    """A PLO 1.6 utskrivningsrapport, with the time at hand where there is one."""
    stays = "".join(
        f"<OpplysningOpphold>{_happened('', at, False, '', words)}</OpplysningOpphold>"
        for words, at in (("Innlagt dato", admitted), ("Utskrevet dato", discharged))
    )
    body = (
        f'<p8:TverrfagligEpikrise xmlns:p8="{_PO}/TverrfagligEpikrise/2012-04-01" {_SPACES}>'
        f"{_sending(envelope)}{''.join(_relative(relative) for relative in relatives)}"
        '<TypeInnholdIMelding><TypeInnhold V="11" S="2.16.578.1.12.4.1.1.9139"/>'
        f"</TypeInnholdIMelding>{stays}{_conditions(diagnoses)}{_notes(plan)}"
        f"{_control(appointment)}</p8:TverrfagligEpikrise>"
    )
    return _head("UTSKRIVNINGSRAPPORT", envelope, body)


def admission_report(
    envelope: Envelope, *, relatives: Sequence[RelativeFacts] = (), plan: str = ""
) -> bytes:
    """A PLO 1.6 innleggelsesrapport: who is close to the patient."""
    body = (
        f'<p7:Innleggelsesrapport xmlns:p7="{_PO}/Innleggelsesrapport/2012-04-01" {_SPACES}>'
        f"{_sending(envelope)}{''.join(_relative(relative) for relative in relatives)}"
        f"{_notes(plan)}</p7:Innleggelsesrapport>"
    )
    return _head("INNLEGGELSESRAPPORT", envelope, body)


# --- the parts ----------------------------------------------------------------------------------


def _document(body: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'.encode()


def _time(at: datetime, date_only: bool = False) -> str:
    local = at.astimezone(OSLO)
    return f"{local:%Y-%m-%d}" if date_only else f"{local:%Y-%m-%dT%H:%M:%S}"


def _event(
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
        f'<Event><ReportedEvent><StartDateTime V="{_time(admitted, date_only)}"/>'
        f'<EndDateTime V="{_time(discharged, date_only)}"/></ReportedEvent><ServType V="N"/>'
        f"{'<Id>1</Id>' if version == '1.1' else ''}"
        f'<Service><AdmCat V="1" DN="Heldøgnsopphold"/></Service>{items}{words if plan else ""}'
        "</Event>"
    )


def _provider(party: Party) -> str:
    return (
        f"<HCP><Inst><Name>{escape(party.legal.name)}</Name><Id>{escape(party.legal.value)}</Id>"
        f'<TypeId V="{_TYPE_IDS[party.legal.scheme]}"/><Dept>'
        f"<Name>{escape(party.department.name)}</Name><Id>{escape(party.department.value)}</Id>"
        f'<TypeId V="{_TYPE_IDS[party.department.scheme]}"/></Dept></Inst></HCP>'
    )


def _related(relative: RelativeFacts) -> str:
    given, _, family = relative.name.rpartition(" ")
    phones = "".join(f'<TeleAddress V="tel:{escape(phone)}"/>' for phone in relative.phones)
    return (
        f"<PatientRelParty><Relation V={quoteattr(relative.relation)}/>"
        f"<Name>{escape(family)}, {escape(given)}</Name>"
        f'<Address><Type V="HP"/>{phones}</Address></PatientRelParty>'
    )


def _organisation(party: Party) -> str:
    def one(found: ContactPoint, inner: str = "") -> str:
        return (
            f"<Organisation><OrganisationName>{escape(found.name)}</OrganisationName><Ident>"
            f'<Id>{escape(found.value)}</Id><TypeId V="{_TYPE_IDS[found.scheme]}" '
            f'S="2.16.578.1.12.4.1.1.9051"/></Ident>{inner}</Organisation>'
        )

    return one(party.legal, one(party.department))


def _head(message_type: str, envelope: Envelope, body: str) -> bytes:
    person = envelope.person
    reference = ""
    if envelope.parent_id:
        parent = escape(envelope.parent_id)
        reference = (
            f"<ConversationRef><RefToParent>{parent}</RefToParent>"
            f"<RefToConversation>{parent}</RefToConversation></ConversationRef>"
        )
    status = '<ProcessingStatus V="D" DN="Test"/>' if envelope.test else ""
    return _document(
        f'<MsgHead xmlns="{_HEAD}"><MsgInfo><Type V="{message_type}"/>'
        f"<MIGversion>v1.2 2006-05-24</MIGversion><GenDate>{_time(envelope.generated_at)}</GenDate>"
        f"<MsgId>{escape(envelope.message_id)}</MsgId>{status}{reference}"
        f"<Sender>{_organisation(envelope.sender)}</Sender>"
        f"<Receiver>{_organisation(envelope.receiver)}</Receiver><Patient>"
        f"<FamilyName>{escape(person.family_name)}</FamilyName>"
        f"<GivenName>{escape(person.given_name)}</GivenName>"
        f"<DateOfBirth>{person.born_on}</DateOfBirth><Ident><Id>{person.number}</Id>"
        '<TypeId V="FNR" DN="Fødselsnummer" S="2.16.578.1.12.4.1.1.8116"/></Ident>'
        f'<TeleCom><TypeTelecom V="MC"/><TeleAddress V="tel:{person.phone}"/></TeleCom>'
        f'</Patient></MsgInfo><Document><RefDoc><IssueDate V="{_time(envelope.generated_at)}"/>'
        f'<MsgType V="XML"/><Content>{body}</Content></RefDoc></Document></MsgHead>'
    )


def _sending(envelope: Envelope) -> str:
    return (
        f'<InformasjonOmForsendelsen><Forsendelsesstatus V="{envelope.series}"/>'
        "</InformasjonOmForsendelsen>"
    )


def _happened(code: str, at: datetime, date_only: bool, remark: str, words: str = "") -> str:
    coded = f'<Hendelsekode V="{code}" S="2.16.578.1.12.4.1.1.9121"/>' if code else ""
    described = f"<BeskrivelseAvHendelse>{escape(words)}</BeskrivelseAvHendelse>" if words else ""
    noted = f"<Merknad>{escape(remark)}</Merknad>" if remark else ""
    return (
        f"<TidsfestetHendelse>{coded}{described}"
        f'<TidspunktForHendelse V="{_time(at, date_only)}"/><Anslag>false</Anslag>{noted}'
        "</TidsfestetHendelse>"
    )


def _relative(relative: RelativeFacts) -> str:
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


def _conditions(diagnoses: Sequence[Diagnosis]) -> str:
    if not diagnoses:
        return ""
    each = "".join(
        f"<MedisinskDiagnose><Hoveddiagnose>{str(found.main).lower()}</Hoveddiagnose>"
        f'<Diagnosekode V="{escape(found.code)}" S="2.16.578.1.12.4.1.1.{found.system}"/>'
        "</MedisinskDiagnose>"
        for found in diagnoses
    )
    return f"<InfoMedisinskDiagnose>{each}</InfoMedisinskDiagnose>"


def _notes(plan: str) -> str:
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


def _told(appointment: AppointmentFacts) -> str:
    if appointment.patient_told is None:
        return ""
    patient, relatives = bool(appointment.patient_told), bool(appointment.relatives_told)
    return (
        f"<InformertOm><PasientInformert>{str(patient).lower()}</PasientInformert>"
        f"<ParorendeInformert>{str(relatives).lower()}</ParorendeInformert></InformertOm>"
    )


def _control(appointment: AppointmentFacts | None) -> str:
    if appointment is None:
        return ""
    told, place = _told(appointment), f"<StedTime>{escape(appointment.place)}</StedTime>"
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
        when = f"<TidspunktTime>{_time(appointment.at)}</TidspunktTime>" if appointment.at else ""
        lasts = f"<Varighet>{appointment.minutes}</Varighet>" if appointment.minutes else ""
        inner = (
            f"<InformasjonOmTime><BestiltKontrolltime>{str(appointment.booked).lower()}"
            f"</BestiltKontrolltime>{when}{lasts}{place if appointment.place else ''}{told}"
            "</InformasjonOmTime>"
        )
    return f"<InfoKontrolltime>{inner}</InfoKontrolltime>"
