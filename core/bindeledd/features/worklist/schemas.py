"""Answers about my day: the shape only. Lists are not dumped by these, only documented."""

from marshmallow import Schema, fields, validate

from bindeledd.features.worklist.domain import Bucket
from bindeledd.foundation.http.fields import Moment


class SayAway(Schema):
    """Away until `until`, from now on or from a later `since`; oneself where nobody is named."""

    member_id = fields.UUID(load_default=None)
    since = Moment(load_default=None)
    until = Moment(required=True)
    stand_in_id = fields.UUID(load_default=None)


class AbsenceView(Schema):
    id = fields.UUID()
    member_id = fields.UUID()
    stand_in_id = fields.UUID(allow_none=True)
    since = fields.AwareDateTime(format="iso")
    until = fields.AwareDateTime(format="iso")
    cancelled_at = fields.AwareDateTime(format="iso", allow_none=True)
    cancelled_by = fields.UUID(allow_none=True)


class AbsencesView(Schema):
    """Who of one's own teams is away now or will be; those that were taken back stand among them."""

    absences = fields.List(fields.Nested(AbsenceView))


class GoneView(Schema):
    """How many tasks fell to the team at once, and how many appointments are to be seen to."""

    absence = fields.Nested(AbsenceView)
    tasks = fields.Integer()
    appointments = fields.Integer()


class KeptView(Schema):
    kept = fields.Integer(metadata={"description": "appointments that are kept after all"})


class PutOnCall(Schema):
    team_id = fields.UUID(required=True)
    member_id = fields.UUID(required=True)
    starts_at = Moment(required=True)
    ends_at = Moment(required=True)


class OnCallView(Schema):
    window_id = fields.UUID(attribute="id")
    team_id = fields.UUID()
    member_id = fields.UUID()
    starts_at = fields.AwareDateTime(format="iso")
    ends_at = fields.AwareDateTime(format="iso")


class DutyView(Schema):
    """The windows on call of one's own teams that run or are to come."""

    on_call = fields.List(fields.Nested(OnCallView))


class AskWorklist(Schema):
    after = fields.String(metadata={"description": "`next` of the page before"})
    team = fields.UUID(metadata={"description": "one of one's own teams"})
    person = fields.String(metadata={"description": "id of who holds it, `me` or `nobody`"})
    kind = fields.List(fields.String(), metadata={"description": "kinds of tasks"})


class AskChanged(AskWorklist):
    token = fields.String(required=True, validate=validate.Length(max=64))


class ListedPatient(Schema):
    id = fields.UUID()
    name = fields.String(metadata={"description": "empty when unknown or unreadable"})
    born_on = fields.String(allow_none=True)
    interpreter = fields.Boolean(allow_none=True)
    protected = fields.Boolean(metadata={"description": "protected address"})
    unreadable = fields.Boolean()


class OwedRow(Schema):
    id = fields.UUID()
    case_id = fields.UUID(allow_none=True)
    subject_id = fields.UUID(
        allow_none=True, metadata={"description": "message or call that no case has yet"}
    )
    kind = fields.String()
    step_key = fields.String(
        allow_none=True, metadata={"description": "the step of the routine that it is of"}
    )
    due_at = fields.AwareDateTime(format="iso")
    window_from = fields.AwareDateTime(format="iso", allow_none=True)
    bucket = fields.Enum(Bucket, by_value=True)
    team_id = fields.UUID()
    held_by = fields.UUID(allow_none=True)
    strength = fields.String()
    origin = fields.String()
    seen_until = fields.AwareDateTime(format="iso", allow_none=True)
    version = fields.Integer()
    withheld = fields.Boolean(
        metadata={"description": "owed by the team, but it may not see this case"}
    )
    patient = fields.Nested(ListedPatient, allow_none=True)


class WorklistView(Schema):
    rows = fields.List(fields.Nested(OwedRow))
    next = fields.String(allow_none=True, metadata={"description": "cursor of the next page"})
    token = fields.String(metadata={"description": "for the poll `changed`"})
    at = fields.AwareDateTime(format="iso")


class AskOwnWeek(Schema):
    week = fields.String(
        load_default="",
        validate=validate.Length(max=10),
        metadata={"description": "2026-W48; this one where nothing is said"},
    )


class AskCalendar(AskOwnWeek):
    after = fields.String(metadata={"description": "`next` of the page before"})
    team = fields.UUID(metadata={"description": "one of one's own teams"})
    person = fields.String(metadata={"description": "id of who meets the person, `me` or `nobody`"})


class MetPatient(ListedPatient):
    protected = fields.Boolean(attribute="protected_address")


class SlotView(Schema):
    """One appointment. `soft`: it is over, and nobody has said what became of it."""

    id = fields.UUID()
    case_id = fields.UUID()
    starts_at = fields.AwareDateTime(format="iso")
    state = fields.String()
    soft = fields.Boolean()
    team_id = fields.UUID()
    member_id = fields.UUID(allow_none=True)
    where = fields.String()
    whom = fields.String()
    unreadable = fields.Boolean()
    patient = fields.Nested(MetPatient, attribute="who", allow_none=True)


class ShutView(Schema):
    team_id = fields.UUID()
    why = fields.String(metadata={"description": "`holiday`, `weekend` or `closed`"})


class AwayView(Schema):
    member_id = fields.UUID()
    since = fields.AwareDateTime(format="iso")
    until = fields.AwareDateTime(format="iso")


class CalendarDayView(Schema):
    on = fields.Date()
    shut = fields.List(fields.Nested(ShutView))
    away = fields.List(fields.Nested(AwayView))


class CalendarView(Schema):
    week = fields.Function(lambda sight: str(sight.week))
    days = fields.List(fields.Nested(CalendarDayView))
    appointments = fields.List(fields.Nested(SlotView), attribute="slots")
    next = fields.Function(lambda sight: None if sight.next is None else str(sight.next))


class ChangedView(Schema):
    changed = fields.Boolean()


class CountsView(Schema):
    late = fields.Integer()
    today = fields.Integer()
    before_back = fields.Integer()
    week = fields.Integer()
    later = fields.Integer()
    total = fields.Integer()
