"""What goes in and out over HTTP for a patient."""

from marshmallow import Schema, fields, validate

from bindeledd.features.patients.domain import BornHow, ContactKind, VerifiedHow
from bindeledd.features.patients.domain.identifiers import IdentifierKind
from bindeledd.foundation.http.fields import LONG, SHORT, Day


class IdentifierView(Schema):
    kind = fields.Enum(IdentifierKind, by_value=True, attribute="identifier.kind")
    value = fields.String(attribute="identifier.value")
    synthetic = fields.Boolean(attribute="identifier.synthetic")
    assigner = fields.String(attribute="identifier.assigner", allow_none=True)
    since = fields.AwareDateTime(format="iso", allow_none=True)
    until = fields.AwareDateTime(format="iso", allow_none=True)
    source = fields.String()


class IdentityView(Schema):
    name = fields.String()
    given = fields.String()
    family = fields.String()
    full = fields.String()
    identifiers = fields.List(fields.Nested(IdentifierView))
    born_on = fields.Date(allow_none=True)
    born_how = fields.Enum(BornHow, by_value=True, allow_none=True)
    language = fields.String(allow_none=True)
    interpreter = fields.Boolean(allow_none=True)
    protected_address = fields.Boolean()
    municipality = fields.String(allow_none=True)
    address = fields.String(allow_none=True)


class ContactWayView(Schema):
    kind = fields.Enum(ContactKind, by_value=True)
    value = fields.String()
    label = fields.String()
    usual = fields.Boolean()
    verified_on = fields.Date(allow_none=True)
    verified_how = fields.Enum(VerifiedHow, by_value=True, allow_none=True)
    verified_by = fields.UUID(allow_none=True)
    safe_to_call = fields.Boolean(allow_none=True)
    safe_to_leave_message = fields.Boolean(allow_none=True)
    best_time = fields.String()
    source = fields.String()


class PatientView(Schema):
    """`contact_ways` is null where it must be revealed explicitly or cannot be read."""

    id = fields.UUID()
    version = fields.Integer()
    identity = fields.Nested(IdentityView, allow_none=True)
    contact_ways = fields.List(fields.Nested(ContactWayView), allow_none=True)
    address_protected = fields.Boolean()
    unreadable = fields.List(fields.String())


class ContactWaysView(Schema):
    contact_ways = fields.List(fields.Nested(ContactWayView))


class DuplicateView(Schema):
    patient_id = fields.UUID()
    other_id = fields.UUID()
    other_name = fields.String()
    seen_at = fields.AwareDateTime(format="iso")


_SHORT, _LONG = validate.Length(max=SHORT), validate.Length(max=LONG)


class NewNumber(Schema):
    """A number as it was typed; `assigner` says who gave a local help number."""

    value = fields.String(required=True, validate=validate.Length(min=1, max=40))
    assigner = fields.String(load_default=None, allow_none=True, validate=_SHORT)


class ChangeIdentity(Schema):
    """What is not sent stays as it is. `numbers` names those that hold from now on."""

    given = fields.String(validate=_SHORT)
    family = fields.String(validate=_SHORT)
    full = fields.String(validate=_SHORT)
    numbers = fields.List(fields.Nested(NewNumber), validate=validate.Length(max=10))
    born_on = Day(allow_none=True)
    born_how = fields.Enum(BornHow, by_value=True, allow_none=True)
    language = fields.String(allow_none=True, validate=_SHORT)
    interpreter = fields.Boolean(allow_none=True)
    protected_address = fields.Boolean()
    municipality = fields.String(allow_none=True, validate=_SHORT)
    address = fields.String(allow_none=True, validate=_LONG)


class NewContactWay(Schema):
    kind = fields.Enum(ContactKind, by_value=True, load_default=ContactKind.PHONE)
    value = fields.String(required=True, validate=validate.Length(min=1, max=200))
    label = fields.String(load_default="", validate=_SHORT)
    safe_to_call = fields.Boolean(load_default=None, allow_none=True)
    safe_to_leave_message = fields.Boolean(load_default=None, allow_none=True)
    best_time = fields.String(load_default="", validate=_SHORT)
    source = fields.String(load_default="", validate=_SHORT)


class ChangeContactWays(Schema):
    contact_ways = fields.List(
        fields.Nested(NewContactWay), required=True, validate=validate.Length(max=20)
    )


class VerifyNumber(Schema):
    value = fields.String(required=True, validate=validate.Length(min=1, max=200))
    how = fields.Enum(VerifiedHow, by_value=True, required=True)
    on = Day(load_default=None, allow_none=True)


class AnswerDuplicate(Schema):
    same = fields.Boolean(required=True)
