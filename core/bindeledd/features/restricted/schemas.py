"""Bodies and answers of restricted records. Shape only."""

from marshmallow import Schema, fields, validate

from bindeledd.features.restricted.domain import TITLE, WORDS


class OpenRestricted(Schema):
    """What it is called (sealed)."""

    title = fields.String(required=True, validate=validate.Length(min=1, max=TITLE))


class WriteRestricted(Schema):
    """What is added (sealed)."""

    words = fields.String(required=True, validate=validate.Length(min=1, max=WORDS))


class NameReader(Schema):
    member_id = fields.UUID(required=True)


class ReaderView(Schema):
    member_id = fields.UUID()
    named_at = fields.AwareDateTime(format="iso")
    named_by = fields.UUID()
    ended_at = fields.AwareDateTime(format="iso", allow_none=True)


class EntryView(Schema):
    """What was written once. `words` is null where they cannot be read."""

    id = fields.UUID()
    number = fields.Integer()
    at = fields.AwareDateTime(format="iso")
    by = fields.UUID()
    words = fields.String(allow_none=True)


class RestrictedHead(Schema):
    """A record without what stands in it. `title` is null where it cannot be read."""

    id = fields.UUID()
    case_id = fields.UUID()
    opened_at = fields.AwareDateTime(format="iso")
    opened_by = fields.UUID()
    title = fields.String(allow_none=True)


class RestrictedView(RestrictedHead):
    readers = fields.List(fields.Nested(ReaderView))
    entries = fields.List(fields.Nested(EntryView))


class RestrictedList(Schema):
    records = fields.List(fields.Nested(RestrictedHead))


class LeftView(Schema):
    """One that nobody can open any more: when it was opened, and neither title nor follow-up."""

    id = fields.UUID()
    opened_at = fields.AwareDateTime(format="iso")


class LeftList(Schema):
    records = fields.List(fields.Nested(LeftView))
