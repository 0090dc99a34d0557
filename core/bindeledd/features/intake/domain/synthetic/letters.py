"""Writes messages of every kind, valid against the official schemas, as bytes.

Only what the follow-up reads is filled in. Times are written as Norwegian time without a zone, as
most senders do.
"""

from collections.abc import Sequence
from datetime import datetime
from xml.sax.saxutils import escape

from bindeledd.features.intake.domain.facts import (
    AppointmentFacts,
    Diagnosis,
    Kind,
    Outcome,
    RelativeFacts,
    Series,
)
from bindeledd.features.intake.domain.synthetic import parts
from bindeledd.features.intake.domain.synthetic.parts import Envelope, Party

_EPIKRISE = {
    "1.1": ("http://www.kith.no/xmlstds/epikrise/2006-09-23", "v1.1 2006-09-23"),
    "1.2": ("http://www.kith.no/xmlstds/epikrise/2012-02-15", "v1.2 2012-02-15"),
}
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
        event = parts.reported_event(admitted, discharged, diagnoses, plan, version, date_only)
    status = '<Status V="TEST"/>' if envelope.test and version == "1.2" else ""
    person = envelope.person
    return parts.document(
        f'<Message xmlns="{space}"><Type V="EPIKRISE" DN="Epikrise"/>'
        f'<MIGversion>{mig}</MIGversion><GenDate V="{parts.written(envelope.generated_at)}"/>'
        f"<MsgId>{escape(envelope.message_id)}</MsgId>{status}<ServRprt>"
        f'<ServType V="{envelope.series}"/><IssueDate V="{parts.written(envelope.generated_at)}"/>'
        f'<Status V="F" DN="Endelig rapport"/><MsgDescr>Epikrise</MsgDescr>'
        f"<ServProvId>{escape(document_id)}</ServProvId>{event}<Patient>"
        f'<DateOfBirth V="{person.born_on}"/>'
        f"<Name>{escape(person.family_name)}, {escape(person.given_name)}</Name>"
        f'<OffId>{person.number}</OffId><TypeOffId V="FNR" DN="Fødselsnummer"/>'
        f"{''.join(parts.related(relative) for relative in relatives)}"
        f'<Address><Type V="HP"/><TeleAddress V="tel:{person.phone}"/></Address></Patient>'
        f"<ServProvider>{parts.provider(envelope.sender)}</ServProvider>"
        f"<Requester>{parts.provider(envelope.receiver)}</Requester></ServRprt></Message>"
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
        f"{parts.sending(envelope)}<p1:{element}>{to}"
        f"{parts.happened(code, happened, date_only, remark)}</p1:{element}></p1:Pasientlogistikk>"
    )
    return parts.head(message_type, envelope, body)


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
        f"<OpplysningOpphold>{parts.happened('', at, False, '', words)}</OpplysningOpphold>"
        for words, at in (("Innlagt dato", admitted), ("Utskrevet dato", discharged))
    )
    body = (
        f'<p8:TverrfagligEpikrise xmlns:p8="{_PO}/TverrfagligEpikrise/2012-04-01" {_SPACES}>'
        f"{parts.sending(envelope)}{''.join(parts.relative(relative) for relative in relatives)}"
        '<TypeInnholdIMelding><TypeInnhold V="11" S="2.16.578.1.12.4.1.1.9139"/>'
        f"</TypeInnholdIMelding>{stays}{parts.conditions(diagnoses)}{parts.notes(plan)}"
        f"{parts.control(appointment)}</p8:TverrfagligEpikrise>"
    )
    return parts.head("UTSKRIVNINGSRAPPORT", envelope, body)


def admission_report(
    envelope: Envelope, *, relatives: Sequence[RelativeFacts] = (), plan: str = ""
) -> bytes:
    """A PLO 1.6 innleggelsesrapport: who is close to the patient."""
    body = (
        f'<p7:Innleggelsesrapport xmlns:p7="{_PO}/Innleggelsesrapport/2012-04-01" {_SPACES}>'
        f"{parts.sending(envelope)}{''.join(parts.relative(relative) for relative in relatives)}"
        f"{parts.notes(plan)}</p7:Innleggelsesrapport>"
    )
    return parts.head("INNLEGGELSESRAPPORT", envelope, body)


__all__ = [
    "Envelope",
    "Party",
    "admission_report",
    "discharge_report",
    "epikrise",
    "logistics",
]
