"""Bodies and answers of cases. Shape only."""

from marshmallow import Schema, fields, validate

from bindeledd.features.cases.domain import EventKind, IndexKind
from bindeledd.features.cases.domain.closing import Ending
from bindeledd.features.cases.domain.telling import TELLABLE
from bindeledd.features.cases.domain.whereabouts import Where
from bindeledd.features.patients.domain import VerifiedHow
from bindeledd.features.tasks.domain import TaskOrigin, TaskState
from bindeledd.foundation.http.fields import Day, Moment

_TELLABLE = sorted(TELLABLE)
_WORDS = validate.Length(max=20_000)


class TaskView(Schema):
    """Something owed; `due_reason` says in codes why then."""

    id = fields.UUID()
    kind = fields.String()
    origin = fields.Enum(TaskOrigin, by_value=True)
    strength = fields.String()
    owner = fields.String()
    owner_team_id = fields.UUID()
    held_by = fields.UUID(allow_none=True)
    window_from = fields.AwareDateTime(format="iso", allow_none=True)
    due_at = fields.AwareDateTime(format="iso")
    due_reason = fields.Dict()
    satisfied_by = fields.List(fields.String())
    state = fields.Enum(TaskState, by_value=True)
    ended_at = fields.AwareDateTime(format="iso", allow_none=True)
    ended_by_event_id = fields.UUID(allow_none=True)
    seen_until = fields.AwareDateTime(format="iso", allow_none=True)
    version = fields.Integer()


class EventView(Schema):
    """Something that was recorded, without the words that were said."""

    id = fields.UUID()
    kind = fields.Enum(EventKind, by_value=True)
    at = fields.AwareDateTime(format="iso")
    date_only = fields.Boolean()
    recorded_at = fields.AwareDateTime(format="iso")
    recorded_by = fields.UUID(allow_none=True)
    source = fields.String()
    facts = fields.Dict()
    in_error = fields.Boolean()


class CaseBare(Schema):
    id = fields.UUID()
    patient_id = fields.UUID()
    state = fields.String()
    pathway_id = fields.String()
    pathway_version = fields.String()
    responsible_team_id = fields.UUID()
    unit_id = fields.UUID(allow_none=True)
    previous_case_id = fields.UUID(allow_none=True)
    opened_at = fields.AwareDateTime(format="iso")
    closed_at = fields.AwareDateTime(format="iso", allow_none=True)
    next_task_id = fields.UUID(allow_none=True)
    version = fields.Integer()


class RequestView(Schema):
    """That somebody asked for this ending; it waits for a signature."""

    ending = fields.Enum(Ending, by_value=True)
    by = fields.UUID()
    at = fields.AwareDateTime(format="iso")
    override = fields.Boolean()


class SignersView(Schema):
    """Who may sign the ending that was asked for; where nobody may, who can name a lead."""

    names = fields.List(fields.String())
    admins = fields.List(fields.String())


class StandingView(Schema):
    """An appointment of which nobody has said what became."""

    id = fields.UUID()
    starts_at = fields.AwareDateTime(format="iso")
    given = fields.Boolean()


class CaseView(Schema):
    """A case with what happened and what is or was owed."""

    case = fields.Nested(CaseBare)
    events = fields.List(fields.Nested(EventView))
    tasks = fields.List(fields.Nested(TaskView))
    request = fields.Nested(RequestView, allow_none=True)
    signers = fields.Nested(SignersView, allow_none=True)
    nobody_signs = fields.Boolean(
        metadata={"description": "An ending was asked for, and nobody may sign it"}
    )
    blocking = fields.List(
        fields.UUID(),
        metadata={"description": "Tasks that keep the request from being signed"},
    )
    appointments = fields.List(
        fields.Nested(StandingView),
        metadata={"description": "Appointments to settle before the case can be closed"},
    )


class EarlyView(Schema):
    """An open task that what was told would have done from `window_from` on: until then it stands."""

    task_id = fields.UUID()
    kind = fields.String()
    window_from = fields.AwareDateTime(format="iso")
    event_id = fields.UUID()
    told_at = fields.AwareDateTime(format="iso")


class RecordedView(Schema):
    """The case after something was recorded: its events, new tasks, and tasks that changed.

    `early`: what was told is written down, and these tasks stand because their window is not open.
    """

    case = fields.Nested(CaseBare)
    how = fields.String()
    events = fields.List(fields.Nested(EventView))
    new = fields.List(fields.Nested(TaskView))
    changed = fields.List(fields.Nested(TaskView))
    early = fields.List(fields.Nested(EarlyView))


class OpenCase(Schema):
    """An index event of a patient who is known here."""

    patient_id = fields.UUID(required=True)
    index_kind = fields.Enum(IndexKind, by_value=True, required=True)
    happened_at = Moment(load_default=None)
    date_only = fields.Boolean(load_default=False)
    discharged_at = Moment(load_default=None)
    team_id = fields.UUID(required=True)
    unit_id = fields.UUID(load_default=None)
    words = fields.String(load_default="", validate=_WORDS)


class Covers(Schema):
    """Who answers while nobody is on duty, and from when until when (`who` is sealed)."""

    who = fields.String(required=True, validate=validate.Length(min=1, max=500))
    starts_at = Moment(required=True, data_key="from")
    ends_at = Moment(required=True, data_key="until")


class Tell(Schema):
    """Something that was done or that happened. `facts` are plain codes; `words` are sealed."""

    kind = fields.Enum(
        EventKind,
        by_value=True,
        required=True,
        validate=validate.OneOf(_TELLABLE),
    )
    happened_at = Moment(load_default=None)
    date_only = fields.Boolean(load_default=False)
    facts = fields.Dict(
        keys=fields.String(),
        values=fields.Raw(metadata={"type": ["string", "boolean"]}),
        load_default=dict,
        validate=validate.Length(max=20),
    )
    offer_again_on = Day(
        load_default=None,
        allow_none=True,
        metadata={
            "description": "Of `declined`, of the bereaved who say `later` or `declined`, and of "
            "`plan_offered` to a person who wants to wait (`plan_later` in `facts`): the day on "
            "which it is offered again, else the routine's own; so a plan is to a person who said "
            "no to it (`plan_declined` in `facts`), without a day"
        },
    )
    unit_id = fields.UUID(
        load_default=None,
        allow_none=True,
        metadata={
            "description": "Of `admitted`, `ready_for_discharge` and `discharged`: in which unit; "
            "else it is that of the stay before"
        },
    )
    covers = fields.Nested(
        Covers,
        load_default=None,
        allow_none=True,
        metadata={
            "description": "Of `gap_covered` with `cover: accepted`, and needed there: who answers, "
            "and from when until when. It counts for that time only: what it leaves open of the "
            "time without staff is owed still"
        },
    )
    number = fields.String(
        load_default="",
        validate=validate.Length(max=60),
        metadata={"description": "Of `number_verified`: which of the person's numbers was tried"},
    )
    how = fields.Enum(
        VerifiedHow,
        by_value=True,
        load_default=None,
        allow_none=True,
        metadata={"description": "Of `number_verified`: how it was tried"},
    )
    words = fields.String(
        load_default="",
        validate=_WORDS,
        metadata={
            "description": "Sealed. Needed of some kinds (`case.reason_needed`), and of an answer that a "
            "pack takes with words only (`in_words`, `case.answer_in_words`)"
        },
    )


class WhereNow(Schema):
    """What is right where the last discharge is marked or moved and nothing else says it."""

    discharge = fields.Enum(
        Where,
        by_value=True,
        load_default=None,
        allow_none=True,
        metadata={
            "description": "`left`: at another time (`left_at`); `still_in`: still in hospital; "
            "`not_known`, as where nothing is said: a discharge is assumed at the time of the one "
            "that was wrong, and somebody finds out"
        },
    )
    left_at = Moment(load_default=None)
    left_date_only = fields.Boolean(load_default=False)


class InError(WhereNow):
    """The events that were wrong, by id, and why (sealed)."""

    words = fields.String(required=True, validate=validate.Length(min=1, max=20_000))
    events = fields.List(fields.UUID(), required=True, validate=validate.Length(min=1, max=50))


class Say(Schema):
    words = fields.String(required=True, validate=validate.Length(min=1, max=20_000))


class ToldOne(Schema):
    """What was said to one who has something that was sent by mistake."""

    to = fields.String(required=True, validate=validate.Length(min=1, max=1_000))
    said = fields.String(required=True, validate=validate.Length(min=1, max=20_000))


class Complete(Schema):
    """What was done; `next_at`: when somebody looks again.

    Of a recall, and of what is withdrawn after a death, `told`: what was said to each receiver
    (`…/receivers` names them), nobody left out. Only of a recall is that enough without `words`.
    """

    words = fields.String(load_default="", validate=_WORDS)
    told = fields.List(fields.Nested(ToldOne), load_default=list, validate=validate.Length(max=100))
    next_at = Moment(load_default=None)


class AddTask(Say):
    """Something to be owed that no pathway asks for, with a reason."""

    due_at = Moment(required=True)
    team_id = fields.UUID(load_default=None)


class MoveTask(Say):
    """Another due time, with a reason."""

    due_at = Moment(required=True)


class HoldTask(Schema):
    """Who takes the task; null gives it back to its team."""

    member_id = fields.UUID(required=True, allow_none=True)


class AskClosing(Say):
    """An ending, with reasons. `override`: close although something that must be is missing."""

    ending = fields.Enum(Ending, by_value=True, required=True)
    override = fields.Boolean(load_default=False)
