"""Bodies and answers of handovers. Shape only."""

from marshmallow import Schema, fields, validate

from bindeledd.features.cases.schemas import RecordedView, Say
from bindeledd.features.handovers.domain import Answered, HandoverAction, HandoverState, Way
from bindeledd.features.handovers.domain.outside import OutsideKind
from bindeledd.foundation.http.fields import Moment

_GROUND = validate.Length(max=200)


class HandOver(Schema):
    """To which team, and why, in words (sealed). Where a routine of the case asks: on what ground."""

    to_team_id = fields.UUID(required=True)
    ground = fields.String(load_default="", validate=_GROUND)
    why = fields.String(load_default="", validate=validate.Length(max=20_000))
    words = fields.String(load_default="", validate=validate.Length(max=20_000))


class Accept(Schema):
    """The receiver's first own date, and words (sealed)."""

    first_at = Moment(required=True)
    first_kind = fields.String(
        load_default="call_patient", validate=validate.OneOf(["call_patient", "free"])
    )
    words = fields.String(load_default="", validate=validate.Length(max=20_000))


class SendBack(Say):
    """Why it is returned, in words (sealed)."""


class MissingView(Schema):
    kind = fields.String()
    strength = fields.String()
    team_id = fields.UUID()
    due_at = fields.AwareDateTime(format="iso")


class HandoverView(Schema):
    id = fields.UUID()
    case_id = fields.UUID()
    from_team_id = fields.UUID()
    to_team_id = fields.UUID(allow_none=True)
    to_outside_id = fields.UUID(allow_none=True)
    package_id = fields.UUID(allow_none=True)
    way = fields.Enum(Way, by_value=True, allow_none=True)
    how_known = fields.Enum(Answered, by_value=True, allow_none=True)
    first_at = fields.AwareDateTime(format="iso", allow_none=True)
    state = fields.Enum(HandoverState, by_value=True)
    sent_at = fields.AwareDateTime(format="iso")
    received_at = fields.AwareDateTime(format="iso", allow_none=True)
    answered_at = fields.AwareDateTime(format="iso", allow_none=True)
    missing = fields.List(fields.Nested(MissingView))
    sealed = fields.Dict()


class HandedView(Schema):
    handover = fields.Nested(HandoverView)
    recorded = fields.Nested(RecordedView)
    nobody_on_duty = fields.Boolean()


class HandoversView(Schema):
    handovers = fields.List(fields.Nested(HandoverView))


class PairView(Schema):
    """Sent is accepted, returned and pending, for a team and a team or receiver outside."""

    from_team_id = fields.UUID()
    to_team_id = fields.UUID(allow_none=True)
    to_outside_id = fields.UUID(allow_none=True)
    sent = fields.Integer()
    accepted = fields.Integer()
    returned = fields.Integer()
    pending = fields.Integer()
    adds_up = fields.Boolean()


class PairsView(Schema):
    pairs = fields.List(fields.Nested(PairView))


# --- outside the tenant ---------------------------------------------------------------------------

_SHORT = validate.Length(max=500)


class PutOutside(Schema):
    """A receiver outside: who it is, and the number at which somebody can ask."""

    organisation = fields.String(required=True, validate=_SHORT)
    unit = fields.String(load_default="", validate=_SHORT)
    kind = fields.Enum(OutsideKind, by_value=True, required=True)
    phone = fields.String(required=True, validate=_SHORT)
    orgnr = fields.String(load_default="", validate=_SHORT)
    her_id = fields.String(load_default="", validate=_SHORT)
    address = fields.String(load_default="", validate=_SHORT)
    active = fields.Boolean(load_default=True)


class OutsideView(Schema):
    id = fields.UUID()
    organisation = fields.String()
    unit = fields.String()
    kind = fields.Enum(OutsideKind, by_value=True)
    phone = fields.String()
    orgnr = fields.String()
    her_id = fields.String()
    address = fields.String()
    active = fields.Boolean()


class OutsidersView(Schema):
    receivers = fields.List(fields.Nested(OutsideView))


class PackageView(Schema):
    """What a receiver outside may see, as it stood when it was made (docs/handover-package.md)."""

    id = fields.UUID()
    case_id = fields.UUID()
    outside_id = fields.UUID()
    made_at = fields.AwareDateTime(format="iso")
    left_at = fields.AwareDateTime(format="iso", allow_none=True)
    sent = fields.Boolean()
    content = fields.Dict()


class SendOutside(Schema):
    """How it was sent, and when where that was not now."""

    way = fields.Enum(Way, by_value=True, required=True)
    why = fields.String(load_default="", validate=validate.Length(max=20_000))
    as_of = Moment(load_default=None, allow_none=True)
    words = fields.String(load_default="", validate=validate.Length(max=20_000))


class AnswerOutside(Schema):
    """What the receiver said, who, when and how we know; accepted with their own first date."""

    action = fields.Enum(HandoverAction, by_value=True, required=True)
    how = fields.Enum(Answered, by_value=True, required=True)
    who = fields.String(load_default="", validate=_SHORT)
    as_of = Moment(load_default=None, allow_none=True)
    first_at = Moment(load_default=None, allow_none=True)
    words = fields.String(load_default="", validate=validate.Length(max=20_000))


class CorrectAnswer(Schema):
    """Why what was written down of the answer is wrong, and whether it is returned instead."""

    why = fields.String(required=True, validate=validate.Length(max=20_000))
    returned = fields.Boolean(load_default=False)
    how = fields.Enum(Answered, by_value=True, load_default=Answered.PHONE)
    who = fields.String(load_default="", validate=_SHORT)
    as_of = Moment(load_default=None, allow_none=True)


class SayMet(Schema):
    """Whether the receiver met the person, when (a *yes* needs it); who says so, how we know."""

    met = fields.Boolean(required=True)
    met_at = Moment(load_default=None, allow_none=True)
    met_date_only = fields.Boolean(load_default=False)
    how = fields.Enum(Answered, by_value=True, required=True)
    who = fields.String(required=True, validate=_SHORT)
    words = fields.String(load_default="", validate=validate.Length(max=20_000))
