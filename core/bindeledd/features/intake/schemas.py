"""What goes in and out over HTTP for messages, calls and registrations."""

from datetime import UTC, datetime
from uuid import UUID

from marshmallow import Schema, fields, validate

from bindeledd.features.cases.domain import IndexKind, Origin
from bindeledd.features.intake.domain.queue import ABOUT, NotOurs, Status, Waiting
from bindeledd.features.intake.domain.registration import Intoxication
from bindeledd.features.intake.service import reason_text
from bindeledd.features.patients.domain import BornHow
from bindeledd.foundation.http import BadFields
from bindeledd.foundation.http.fields import SHORT, Day, Moment

_WRONG_AT = "the field that stopped it, where it is one (docs/intake.md)"


def _why(one: Waiting) -> str | None:
    about = (one.facts or {}).get(ABOUT)
    return reason_text(one.reason, one.wrong_at, about) if one.reason else None


class MessageView(Schema):
    """What became of a message. `received` alone says nothing of whether a follow-up runs."""

    message_id = fields.UUID()
    status = fields.Enum(Status, by_value=True)
    reason = fields.String(allow_none=True)
    wrong_at = fields.String(allow_none=True, metadata={"description": _WRONG_AT})
    format = fields.String(allow_none=True)
    kind = fields.String(allow_none=True)
    case_id = fields.UUID(allow_none=True)
    patient_id = fields.UUID(allow_none=True)
    reopened = fields.Boolean()
    late = fields.Boolean()


class RowView(MessageView):
    """What became of a row of a list. The headings are row 1.

    Where it was not `taken` it has no `message_id` and no `status`: nothing of it is kept, and
    `reason` says why. Send the list again.
    """

    row = fields.Integer()
    taken = fields.Boolean()


class ReceivedView(MessageView):
    """What became of what came in. A list of discharges has `rows`, and no `message_id` itself."""

    rows = fields.List(fields.Nested(RowView))


class WaitingView(Schema):
    """A message in the queue. `facts` is null where it was erased or cannot be read."""

    id = fields.UUID()
    status = fields.Enum(Status, by_value=True)
    reason = fields.String(allow_none=True)
    wrong_at = fields.String(allow_none=True, metadata={"description": _WRONG_AT})
    reason_text = fields.Function(lambda one: _why(one))
    format = fields.String(allow_none=True)
    kind = fields.String(allow_none=True)
    team_id = fields.UUID()
    unit_id = fields.UUID(allow_none=True)
    unit_known = fields.Boolean()
    received_at = fields.AwareDateTime(format="iso")
    generated_at = fields.AwareDateTime(format="iso", allow_none=True)
    due_at = fields.AwareDateTime(format="iso", allow_none=True)
    late = fields.Boolean()
    checked = fields.String(allow_none=True)
    facts = fields.Raw(allow_none=True)


class QueueView(Schema):
    """One page. `next` is what `after` takes for the next one, null on the last."""

    messages = fields.List(fields.Nested(WaitingView))
    next = fields.String(allow_none=True)


class OpenedView(Schema):
    """`said` holds everything that the message says, where it can be read."""

    message = fields.Nested(WaitingView)
    said = fields.Raw(allow_none=True)


class AskQueue(Schema):
    after = fields.String(load_default=None)
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))
    status = fields.Enum(Status, by_value=True, load_default=None)


class Decide(Schema):
    ours = fields.Boolean(required=True)
    index_kind = fields.Enum(IndexKind, by_value=True, load_default=None)
    intoxication = fields.Enum(Intoxication, by_value=True, load_default=Intoxication.UNKNOWN)
    patient_id = fields.UUID(load_default=None)
    team_id = fields.UUID(load_default=None)
    because = fields.Enum(
        NotOurs,
        by_value=True,
        load_default=None,
        metadata={"description": "why not ours; needed for a discharge of a list"},
    )


class Words(Schema):
    words = fields.String(required=True, validate=validate.Length(1, 20_000))


class TakeCall(Schema):
    """`about` and `caller` are words: nobody has to be known."""

    said = fields.String(required=True, validate=validate.Length(1, 20_000))
    caller = fields.String(load_default="", validate=validate.Length(max=500))
    number = fields.String(load_default="", validate=validate.Length(max=100))
    about = fields.String(load_default="", validate=validate.Length(max=500))
    acute = fields.Boolean(required=True)
    called_at = Moment(load_default=None)
    patient_id = fields.UUID(load_default=None)
    team_id = fields.UUID(load_default=None)


class MatchCall(Schema):
    patient_id = fields.UUID(required=True)


class CalledView(Schema):
    call_id = fields.UUID(allow_none=True)
    case_id = fields.UUID(allow_none=True)
    due_at = fields.AwareDateTime(format="iso", allow_none=True)


class CallView(Schema):
    id = fields.UUID()
    kind = fields.String()
    team_id = fields.UUID()
    patient_id = fields.UUID(allow_none=True)
    called_at = fields.AwareDateTime(format="iso")
    due_at = fields.AwareDateTime(format="iso")
    words = fields.Raw(allow_none=True)


class _Somebody(Schema):
    """Who, unit, phone, who answers. No number is needed."""

    name = fields.String(load_default="", validate=validate.Length(max=SHORT))
    number = fields.String(load_default="", validate=validate.Length(max=20))
    born_on = Day(load_default=None)
    born_how = fields.Enum(BornHow, by_value=True, load_default=BornHow.PERSON_SAID)
    phones = fields.List(
        fields.String(validate=validate.Length(1, 100)),
        load_default=list,
        validate=validate.Length(max=10),
    )
    unit_id = fields.UUID(load_default=None)
    team_id = fields.UUID(load_default=None)
    words = fields.String(load_default="", validate=validate.Length(max=20_000))


class Register(_Somebody):
    """Who, what happened, when, unit, phone, who answers. No number is needed."""

    index_kind = fields.Enum(IndexKind, by_value=True, required=True)
    intoxication = fields.Enum(Intoxication, by_value=True, load_default=Intoxication.UNKNOWN)
    happened_at = Moment(required=True)
    date_only = fields.Boolean(load_default=False)
    discharged_at = Moment(load_default=None)
    discharged_date_only = fields.Boolean(load_default=False)
    discharge_unknown = fields.Boolean(
        load_default=False,
        metadata={
            "description": "Nobody knows whether the person has left: what is owed after a "
            "discharge is owed, from when it happened. So it is too where neither "
            "`discharged_at` nor `in_hospital` is said."
        },
    )
    in_hospital = fields.Boolean(
        load_default=False,
        metadata={
            "description": "The person is still there: nothing is owed after a discharge yet. "
            "Refused beside `discharged_at` and `discharge_unknown`."
        },
    )


class RegisterBereaved(_Somebody):
    """Who is bereaved by suicide, and is to be followed up themselves. It is no attempt of theirs.

    Of whoever died nothing is asked.
    """

    origin = fields.Enum(
        Origin,
        by_value=True,
        required=True,
        metadata={"description": "what kind of service told us"},
    )
    told_by = fields.String(load_default="", validate=validate.Length(max=SHORT))
    told_at = Moment(
        required=True,
        metadata={"description": "when we heard of it; what is owed is counted from then"},
    )
    date_only = fields.Boolean(load_default=False)
    relation = fields.String(
        load_default="",
        validate=validate.Length(max=SHORT),
        metadata={"description": "what they were to whoever died, in own words"},
    )


class RegistrationView(Schema):
    """The same answer whatever was there before."""

    id = fields.UUID()


def write_cursor(received_at: datetime, message_id: UUID) -> str:
    """Where the next page begins."""
    return f"{received_at.isoformat()}~{message_id}"


def read_cursor(text: str | None) -> tuple[datetime, UUID] | None:
    """Refuses what was not written by `write_cursor`."""
    if not text:
        return None
    moment, _, one = text.partition("~")
    try:
        at, message_id = datetime.fromisoformat(moment), UUID(one)
        utc = at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadFields(fields={"after": ["not a cursor"]}) from None
    if at.tzinfo is None:
        raise BadFields(fields={"after": ["not a cursor"]})
    return utc, message_id
