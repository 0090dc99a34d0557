"""Bodies and answers of discharge summaries. Shape only."""

from marshmallow import Schema, fields, validate

from bindeledd.features.cases.schemas import RecordedView
from bindeledd.features.documents.domain import (
    DocumentKind,
    HowKnown,
    InterimWay,
    RecipientKind,
    RecipientState,
)
from bindeledd.foundation.http.fields import Moment

_WORDS = validate.Length(max=20_000)
_SEVERAL = validate.Length(min=1, max=20)


class RecipientDetail(Schema):
    """Who it is by name: sealed."""

    name = fields.String(validate=validate.Length(max=500))
    words = fields.String(validate=_WORDS)


class OneRecipient(Schema):
    kind = fields.Enum(RecipientKind, by_value=True, required=True)
    detail = fields.Nested(RecipientDetail, load_default=None)


class BeginSummary(Schema):
    """Who should have it; without `recipients` those who should by law."""

    recipients = fields.List(
        fields.Nested(OneRecipient), load_default=list, validate=validate.Length(max=20)
    )


class WriteSummary(Schema):
    words = fields.String(load_default="", validate=_WORDS)


class SendSummary(WriteSummary):
    """To whom; `how` we know, and the moment for which it holds (`as_of`, else now)."""

    recipients = fields.List(fields.UUID(), required=True, validate=_SEVERAL)
    how = fields.Enum(HowKnown, by_value=True, load_default=HowKnown.SELF)
    as_of = Moment(load_default=None)


class ReceiveSummary(WriteSummary):
    """Who has it, and how we know: never by the sender's word."""

    recipients = fields.List(fields.UUID(), required=True, validate=_SEVERAL)
    how = fields.Enum(HowKnown, by_value=True, required=True)
    as_of = Moment(load_default=None)


class ObjectToSummary(Schema):
    """Who shall not have it, by the patient's wish, in words."""

    recipients = fields.List(fields.UUID(), required=True, validate=_SEVERAL)
    words = fields.String(required=True, validate=validate.Length(min=1, max=20_000))


class TellInterim(Schema):
    """What was told, to whom (in words, or one of the register), by which way, and when."""

    words = fields.String(required=True, validate=validate.Length(min=1, max=20_000))
    way = fields.Enum(InterimWay, by_value=True, required=True)
    whom = fields.String(load_default="", validate=validate.Length(max=500))
    outside_id = fields.UUID(load_default=None, allow_none=True)
    happened_at = Moment(load_default=None, allow_none=True)
    date_only = fields.Boolean(load_default=False)


class RecipientView(Schema):
    id = fields.UUID()
    kind = fields.Enum(RecipientKind, by_value=True)
    state = fields.Enum(RecipientState, by_value=True)
    sent_at = fields.AwareDateTime(format="iso", allow_none=True)
    received_at = fields.AwareDateTime(format="iso", allow_none=True)
    how_known = fields.Enum(HowKnown, by_value=True, allow_none=True)
    as_of = fields.AwareDateTime(format="iso", allow_none=True)
    sealed = fields.Dict()


class DocumentView(Schema):
    id = fields.UUID()
    case_id = fields.UUID()
    kind = fields.Enum(DocumentKind, by_value=True)
    written_at = fields.AwareDateTime(format="iso", allow_none=True)
    is_sent = fields.Boolean()
    is_received = fields.Boolean()
    recipients = fields.List(fields.Nested(RecipientView))


class FiledView(Schema):
    document = fields.Nested(DocumentView)
    recorded = fields.Nested(RecordedView, allow_none=True)


class DocumentsView(Schema):
    documents = fields.List(fields.Nested(DocumentView))
