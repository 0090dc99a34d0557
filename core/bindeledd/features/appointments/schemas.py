"""Bodies and answers of appointments. Shape only."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from bindeledd.features.appointments.domain import AppointmentAction, AppointmentState, KnownHow
from bindeledd.features.appointments.domain.ways import Way
from bindeledd.features.cases.schemas import RecordedView
from bindeledd.foundation.http.fields import Moment

_SHORT = validate.Length(max=500)
_WORDS = validate.Length(max=20_000)
_ACTIONS = [action for action in AppointmentAction if action is not AppointmentAction.MOVE]


class Detail(Schema):
    """Where, with whom and what was said: sealed."""

    where = fields.String(validate=_SHORT)
    whom = fields.String(validate=_SHORT)
    words = fields.String(validate=_WORDS)


class SaysHow(Schema):
    """`how` we know what is said, of a body that may not leave it out."""

    how = fields.Enum(KnownHow, by_value=True, load_default=None, allow_none=True)

    def needs_how(self, data: Mapping[str, Any]) -> bool:
        """Whether what is said needs it: always, where a body does not say when."""
        return True

    @validates_schema
    def says_how(self, data: dict[str, Any], **_more: Any) -> None:
        if data["how"] is None and self.needs_how(data):
            raise ValidationError({"how": [self.fields["how"].error_messages["required"]]})


class BookAppointment(SaysHow):
    """A time that lies ahead; `give`: the patient has it in hand at once, and `how` we know."""

    starts_at = Moment(required=True)
    give = fields.Boolean(load_default=False)
    member_id = fields.UUID(load_default=None, allow_none=True)
    detail = fields.Nested(Detail, load_default=dict)

    def needs_how(self, data: Mapping[str, Any]) -> bool:
        return bool(data["give"])


class MoveAppointment(BookAppointment):
    """`outside`: none of us keeps the new time; `detail.whom` does."""

    outside = fields.Boolean(load_default=False)


class ActOnAppointment(SaysHow):
    """`how` we know what became of it: needed for all but `hand_on` and `send`, which are our own
    doing. `way`: how the person hears of it; needed to `send`."""

    action = fields.Enum(
        AppointmentAction, by_value=True, required=True, validate=validate.OneOf(_ACTIONS)
    )
    detail = fields.Nested(Detail, load_default=dict)
    as_of = Moment(load_default=None, allow_none=True)
    told = fields.Boolean(load_default=False)
    way = fields.Enum(Way, by_value=True, load_default=None, allow_none=True)

    def needs_how(self, data: Mapping[str, Any]) -> bool:
        return data["action"] not in (AppointmentAction.HAND_ON, AppointmentAction.SEND)


class AppointmentView(Schema):
    id = fields.UUID()
    case_id = fields.UUID()
    starts_at = fields.AwareDateTime(format="iso")
    member_id = fields.UUID(allow_none=True)
    state = fields.Enum(AppointmentState, by_value=True)
    given_at = fields.AwareDateTime(format="iso", allow_none=True)
    ended_at = fields.AwareDateTime(format="iso", allow_none=True)
    previous_id = fields.UUID(allow_none=True)
    how_known = fields.Enum(KnownHow, by_value=True, allow_none=True)
    as_of = fields.AwareDateTime(format="iso", allow_none=True)
    confirmed_at = fields.AwareDateTime(format="iso", allow_none=True)
    sealed = fields.Dict()


class ArrangedView(Schema):
    appointment = fields.Nested(AppointmentView)
    recorded = fields.Nested(RecordedView)


class AppointmentsView(Schema):
    appointments = fields.List(fields.Nested(AppointmentView))
