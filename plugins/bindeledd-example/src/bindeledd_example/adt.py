"""A reader: HL7 v2 ADT as text, who came (A01), who left (A03), and whose leaving was called off (A13).

A hospital that sends something else writes its own beside it. It runs in the pack's host, without
network, files or secrets: bytes in, facts out.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from bindeledd.plugin.facts import (
    ContactPoint,
    Identifier,
    Kind,
    Message,
    Moment,
    Outcome,
    PersonFacts,
    Series,
    Stay,
)
from bindeledd.plugin.working import Opening, Unreadable

_KINDS = {"A01": Kind.ADMITTED, "A03": Kind.DISCHARGED, "A13": Kind.WITHDRAWN}
_CHARSETS = {"": "utf-8", "UNICODE UTF-8": "utf-8", "8859/1": "iso-8859-1", "ASCII": "ascii"}
_NUMBERS = ("FNR", "DNR", "HNR", "FHN", "DUF")
_OSLO = ZoneInfo("Europe/Oslo")

Fields = Sequence[str]


def open_reader(_opening: Opening) -> Callable[[bytes], Message]:
    return read


def read(data: bytes) -> Message:
    """The facts of one ADT message. Raises `Unreadable` where it is none that is read here."""
    segments = _segments(data)
    head, who, visit = (segments.get(name, ()) for name in ("MSH", "PID", "PV1"))
    event = _part(head, 8, 1)
    if _part(head, 8, 0) != "ADT" or event not in _KINDS or not who or not visit:
        raise Unreadable
    made = _moment(_part(head, 6))
    if made is None:
        raise Unreadable
    gone = _part(who, 30) == "Y"
    return Message(
        kind=_KINDS[event],
        message_id=_part(head, 9),
        series=Series.NEW,
        generated_at=made.at,
        test=_part(head, 10) != "P",
        sender=tuple(_senders(head, visit)),
        patient=_person(who),
        stay=_stay(event, visit, made),
        outcome=Outcome.DEAD if gone else None,
    )


def _segments(data: bytes) -> dict[str, Fields]:
    """The first segment of each name, as its fields; of `MSH` the sign between them is the first."""
    charset = data.split(b"\r")[0].split(b"\n")[0].split(b"|")[17:18]
    encoding = _CHARSETS.get((charset or [b""])[0].strip().decode("ascii", "replace"))
    if encoding is None or not data.startswith(b"MSH|^~\\&|"):
        raise Unreadable
    try:
        lines = data.decode(encoding).replace("\r\n", "\r").replace("\n", "\r").split("\r")
    except UnicodeDecodeError:
        raise Unreadable from None
    found: dict[str, Fields] = {}
    for line in lines:
        fields = line.split("|")
        found.setdefault(fields[0], fields)
    return found


def _part(fields: Fields, number: int, component: int = 0) -> str:
    """One component of a field; of the first repetition, and empty where there is none."""
    field = fields[number] if number < len(fields) else ""
    parts = field.split("~")[0].split("^")
    said = parts[component].strip() if component < len(parts) else ""
    return "" if said == '""' else said


def _person(who: Fields) -> PersonFacts:
    return PersonFacts(
        family_name=_part(who, 5, 0),
        given_name=" ".join(part for part in (_part(who, 5, 1), _part(who, 5, 2)) if part),
        ids=tuple(_numbers(who[3] if len(who) > 3 else "")),
        born_on=_day(_part(who, 7)),
        died_on=_day(_part(who, 29)) if _part(who, 30) == "Y" else None,
        phones=tuple(filter(None, [_part(who, 13)])),
    )


def _numbers(field: str) -> Iterator[Identifier]:
    """Only numbers that name a person anywhere: a hospital's own number says nothing here."""
    for repeated in field.split("~"):
        parts = [*repeated.split("^"), "", "", "", "", ""]
        if parts[0].strip() and parts[4].strip() in _NUMBERS:
            yield Identifier(kind=parts[4].strip(), value=parts[0].strip())


def _senders(head: Fields, visit: Fields) -> Iterator[ContactPoint]:
    """The ward before the hospital: each as a contact point of its own kind at this site."""
    for value in (_part(visit, 3), _part(head, 3)):
        if value:
            yield ContactPoint(scheme="local", value=value)


def _stay(event: str, visit: Fields, made: Moment) -> Stay:
    admitted, left = _moment(_part(visit, 44)), _moment(_part(visit, 45))
    if event == "A03":
        if left is None:
            raise Unreadable
        return Stay(admitted=admitted, discharged=left)
    return Stay(admitted=admitted, withdrawn=made if event == "A13" else None)


def _moment(written: str) -> Moment | None:
    """`YYYYMMDD[HHMM[SS]][+ZZZZ]`; without a zone it is Norwegian time."""
    if not written:
        return None
    for form in ("%Y%m%d%H%M%S%z", "%Y%m%d%H%M%z", "%Y%m%d%H%M%S", "%Y%m%d%H%M", "%Y%m%d"):
        try:
            at = datetime.strptime(written, form)  # noqa: DTZ007  (the zone is put on below)
        except ValueError:
            continue
        local = at if at.tzinfo else at.replace(tzinfo=_OSLO)
        return Moment(at=local.astimezone(UTC), date_only=form == "%Y%m%d")
    raise Unreadable


def _day(written: str) -> date | None:
    found = _moment(written)
    return None if found is None else found.at.astimezone(_OSLO).date()
