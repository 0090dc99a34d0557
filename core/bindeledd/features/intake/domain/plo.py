"""PLO 1.6 (and 1.5): pasientlogistikk, utskrivningsrapport and innleggelsesrapport in a MsgHead.

The body decides what it is; the head's message type only confirms it. A logistic message tells
of dated events (9121); a discharge report carries the time at hand (`InformasjonOmTime`).
"""

from collections.abc import Iterator

from lxml import etree

from bindeledd.features.intake.domain import plo_body, tree
from bindeledd.features.intake.domain.facts import (
    ContactPoint,
    Kind,
    Message,
    Moment,
    Outcome,
    Series,
    Stay,
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
            raise tree.NoMessageId(at="msg_head_id", format=format)
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
            patient=plo_body.patient(tree.first(info, "Patient"), body),
            stay=_stay(body),
            outcome=_outcome(body, kind),
            diagnoses=tuple(plo_body.diagnoses(body)),
            relatives=tuple(plo_body.relatives(body)),
            appointments=tuple(plo_body.appointments(body)),
            children=any(plo_body.minor(p) for p in tree.every(body, "ParorendeForesatt")),
            no_forwarding=tree.truth(body, "InformasjonOmForsendelsen", "ForbeholdOmVideresending")
            is True,
            reservations=tuple(plo_body.reservations(body)),
            texts=tuple(plo_body.texts(body)),
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
        care="inpatient" if "admitted" in seen else "",
    )


def _outcome(body: etree._Element, kind: Kind) -> Outcome | None:
    if kind is Kind.DEATH:
        return Outcome.DEAD
    return _OUTCOMES.get(
        tree.value(body, "MeldingOmUtskrevetPasient", "UtskrevetTil", "Uttilstand")
    )


def _remarks(info: etree._Element, body: etree._Element, type_code: str) -> Iterator[str]:
    said = tree.value(info, "Type")
    if said != type_code:
        yield "type_differs"
    for element in body.iter("{*}TidsfestetHendelse"):
        code = tree.value(element, "Hendelsekode")
        if code and code not in _HAPPENED:
            yield f"9121:{code[:8]}"
