"""What goes in and out over HTTP for relatives."""

from marshmallow import Schema, fields, validate

from bindeledd.features.relatives.domain import Answer, Carer, Share
from bindeledd.foundation.http.fields import SHORT, Day, Moment

_SHORT, _LONG = validate.Length(max=SHORT), validate.Length(max=10_000)


class ConsentView(Schema):
    id = fields.UUID()
    what = fields.List(fields.Enum(Share, by_value=True))
    since = fields.Date()
    until = fields.Date(allow_none=True)
    withdrawn_on = fields.Date(allow_none=True)
    words = fields.String()


class ObjectionView(Schema):
    """`respected` is null while no clinician has decided of the reasons.

    `written_by` is whoever wrote it down: another person decides. `decision_words` say who decided,
    and why; `decided_by` is whoever wrote that down.
    """

    since = fields.Date()
    words = fields.String()
    written_by = fields.UUID(allow_none=True)
    respected = fields.Boolean(allow_none=True)
    decided_on = fields.Date(allow_none=True)
    decided_by = fields.UUID(allow_none=True)
    decision_words = fields.String()
    ended_on = fields.Date(allow_none=True)


class RelativeView(Schema):
    id = fields.UUID()
    patient_id = fields.UUID()
    version = fields.Integer()
    name = fields.String()
    relation = fields.String()
    phone = fields.String()
    nearest = fields.Boolean()
    unsafe_to_contact = fields.Boolean()
    carer = fields.Enum(Carer, by_value=True, allow_none=True)
    objection = fields.Nested(ObjectionView, allow_none=True)
    consents = fields.List(fields.Nested(ConsentView))
    words = fields.String()
    ended_on = fields.Date(allow_none=True)
    unreadable = fields.Boolean()


class YoungView(Schema):
    born_year = fields.Integer(allow_none=True)


class FamilyView(Schema):
    """A list that is null: nobody knows. One that is empty: asked, has none."""

    children = fields.List(fields.Nested(YoungView), allow_none=True)
    siblings = fields.List(fields.Nested(YoungView), allow_none=True)
    child_contact_told = fields.Boolean(allow_none=True)
    words = fields.String()


class RelativesView(Schema):
    """`children_asked_at` is null where nobody has asked; `family` where it cannot be read."""

    relatives = fields.List(fields.Nested(RelativeView))
    children_asked_at = fields.AwareDateTime(format="iso", allow_none=True)
    family = fields.Nested(FamilyView, allow_none=True)


class AddRelative(Schema):
    name = fields.String(load_default="", validate=_SHORT)
    relation = fields.String(load_default="", validate=_SHORT)
    phone = fields.String(load_default="", validate=_SHORT)
    nearest = fields.Boolean(load_default=False)
    unsafe_to_contact = fields.Boolean(load_default=False)
    carer = fields.Enum(Carer, by_value=True, load_default=None, allow_none=True)
    words = fields.String(load_default="", validate=_LONG)


class ChangeRelative(Schema):
    """What is not sent stays as it is."""

    name = fields.String(validate=_SHORT)
    relation = fields.String(validate=_SHORT)
    phone = fields.String(validate=_SHORT)
    nearest = fields.Boolean()
    unsafe_to_contact = fields.Boolean()
    carer = fields.Enum(Carer, by_value=True)
    words = fields.String(validate=_LONG)
    ended_on = Day()


class Objects(Schema):
    on = Day(load_default=None, allow_none=True)
    words = fields.String(load_default="", validate=_LONG)


class DecideObjection(Schema):
    """`words` say who decided, and why: without them the decision is refused."""

    respected = fields.Boolean(required=True)
    words = fields.String(load_default="", validate=_LONG)


class GiveConsent(Schema):
    what = fields.List(
        fields.Enum(Share, by_value=True), required=True, validate=validate.Length(min=1, max=10)
    )
    since = Day(required=True)
    until = Day(load_default=None, allow_none=True)
    words = fields.String(load_default="", validate=_LONG)


class WithdrawConsent(Schema):
    on = Day(load_default=None, allow_none=True)


class AskedRelatives(Schema):
    answer = fields.Enum(Answer, by_value=True, required=True)
    words = fields.String(load_default="", validate=_LONG)
    asked_at = Moment(load_default=None, allow_none=True)
    ask_again_on = Day(
        load_default=None,
        allow_none=True,
        metadata={"description": "Of `later`: the day on which the person is asked again"},
    )


class AskedChildren(Schema):
    """An empty list means: asked, has none. Null means: not asked, or no answer."""

    children = fields.List(
        fields.Nested(YoungView), required=True, allow_none=True, validate=validate.Length(max=30)
    )
    siblings = fields.List(
        fields.Nested(YoungView),
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=30),
    )
    child_contact_told = fields.Boolean(load_default=None, allow_none=True)
    words = fields.String(load_default="", validate=_LONG)
    asked_at = Moment(load_default=None, allow_none=True)
