"""The answer with a case on one screen: documented here, written by the compiled encoder."""

from marshmallow import Schema, fields, validate

from bindeledd.features.casefile.domain.bedside import Consent, PlanAnswer
from bindeledd.features.cases.schemas import RecordedView, WhereNow
from bindeledd.features.patients.domain import BornHow, VerifiedHow
from bindeledd.features.patients.schemas import NewContactWay
from bindeledd.foundation.http.fields import Day, Moment

_WORDS = validate.Length(max=20_000)


class CaseFileView(Schema):
    """See `docs`: the parts carry the names of the values that they are."""

    at = fields.AwareDateTime(format="iso")
    case = fields.Dict()
    patient = fields.Dict(metadata={"description": "identity and contact ways, opened"})
    team = fields.String()
    unit = fields.String(allow_none=True)
    relatives = fields.List(fields.Dict())
    age = fields.Dict(metadata={"description": "years, how known, and between which limits"})
    told = fields.Dict(
        metadata={"description": "by relative: each topic, whether it may be told, which rule"}
    )
    family = fields.Dict(allow_none=True)
    family_asked_at = fields.AwareDateTime(format="iso", allow_none=True)
    owed = fields.List(fields.Dict(), metadata={"description": "open tasks by due time"})
    done = fields.List(fields.Dict(), metadata={"description": "tasks that ended, latest first"})
    gates = fields.List(fields.Dict())
    timeline = fields.List(fields.Dict(), metadata={"description": "events, latest first"})
    appointments = fields.List(fields.Dict())
    documents = fields.List(fields.Dict())
    handovers = fields.List(fields.Dict())
    relations = fields.List(fields.Dict(), metadata={"description": "teams that see the case"})
    names = fields.Dict(keys=fields.UUID(), values=fields.String())
    alerting = fields.Dict(metadata={"description": "why nobody is being alerted, in words"})
    closing = fields.Dict(
        allow_none=True,
        metadata={
            "description": "a request that waits; `signers` who may sign it, or `nobody_signs`"
        },
    )
    death = fields.String(allow_none=True)
    never_reached = fields.Boolean()
    in_hospital = fields.Dict(
        allow_none=True,
        metadata={
            "description": "since when (a day where `date_only`); not `known`: nobody knows whether they left"
        },
    )
    last_reached_at = fields.AwareDateTime(format="iso", allow_none=True)
    last_reached_date_only = fields.Boolean(
        metadata={"description": "only the day of it is known: the time in it means nothing"}
    )
    pathway_known = fields.Boolean()
    elsewhere = fields.List(fields.List(fields.String()))
    noted = fields.List(
        fields.Dict(), metadata={"description": "what packs ask to have shown: the latest answers"}
    )
    unreadable = fields.List(fields.String())
    ways_hidden = fields.Boolean(
        metadata={"description": "protected: shown to the responsible team when it asks"}
    )


class LetterView(Schema):
    """A letter as it would be printed, in the language asked for or else bokmål. `missing`: the places
    that nobody could fill, each a line in the paragraphs; `layer`: the routine with its version."""

    letter = fields.String()
    layer = fields.String()
    default = fields.Boolean(
        metadata={"description": "no source gives the text, or nobody has read it there"}
    )
    language = fields.String()
    languages = fields.List(fields.String())
    title = fields.String()
    paragraphs = fields.List(fields.String())
    missing = fields.List(fields.String())
    mark = fields.String(
        metadata={"description": "to be printed first: it is to nobody; empty in production"}
    )


class AgreedText(Schema):
    """What the person agreed may stand on the sheet. What is empty is a line for a pen."""

    where = fields.String(load_default="", validate=validate.Length(max=500))
    whom = fields.String(load_default="", validate=validate.Length(max=500))
    call = fields.String(load_default="", validate=validate.Length(max=500))


class AskSheet(Schema):
    """In which language (the person's where none is said), and what was agreed (as the appointment
    has it where nothing is)."""

    language = fields.String(load_default="", validate=validate.Length(max=35))
    agreed = fields.Nested(AgreedText, load_default=None, allow_none=True)


class SheetLine(Schema):
    label = fields.String()
    text = fields.String()


class SheetSection(Schema):
    title = fields.String()
    lines = fields.List(fields.Nested(SheetLine))


class SheetText(Schema):
    title = fields.String()
    sections = fields.List(fields.Nested(SheetSection))
    mark = fields.String(metadata={"description": "to be printed first: it is to nobody"})


class SheetView(Schema):
    """The sheet of an appointment in `language`. `missing`: what nobody knows, each a line for a
    pen; `revealing`: fields with a word by which it could be guessed what it is about (it is not
    printed with them); `layer`: the routine whose text it is, empty for ours."""

    language = fields.String()
    languages = fields.List(fields.String())
    sheet = fields.Nested(SheetText)
    missing = fields.List(fields.String())
    revealing = fields.Function(lambda made: sorted(made.agreed.revealing))
    layer = fields.String()


class MoveEvents(WhereNow):
    """Events of this follow-up that are another person's, and why (sealed)."""

    events = fields.List(fields.UUID(), required=True, validate=validate.Length(min=1, max=200))
    to_patient_id = fields.UUID(required=True)
    words = fields.String(required=True, validate=validate.Length(min=1, max=20_000))


class MovedView(Schema):
    """Both follow-ups after it: `wrong` where the events stood, `right` where they stand now."""

    wrong = fields.Nested(RecordedView)
    right = fields.Nested(RecordedView)
    events = fields.Dict(
        keys=fields.UUID(),
        values=fields.UUID(),
        metadata={"description": "what was moved, and what it is at the right person"},
    )


class PreparePackage(Schema):
    """To whom outside, the number at which they can ask, and words for them (sealed)."""

    outside_id = fields.UUID(required=True)
    phone = fields.String(required=True, validate=validate.Length(min=1, max=100))
    words = fields.String(load_default="", validate=validate.Length(max=20_000))
    ground = fields.String(load_default="", validate=validate.Length(max=200))


class TriedNumber(Schema):
    """A number of the person that was rung or texted just now, and answered."""

    value = fields.String(required=True, validate=validate.Length(min=1, max=200))
    how = fields.Enum(VerifiedHow, by_value=True, required=True)


class WriteBedside(Schema):
    """What was asked before the person goes home. Null: not asked. Words are sealed.

    `plan_again_on`: the day on which a plan that waits (`later`) is offered again, else the
    routine's own.
    """

    consent = fields.Enum(Consent, by_value=True, load_default=None, allow_none=True)
    ask_again_on = Day(load_default=None, allow_none=True)
    consent_words = fields.String(load_default="", validate=_WORDS)
    contact_ways = fields.List(
        fields.Nested(NewContactWay),
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=20),
    )
    tried = fields.List(
        fields.Nested(TriedNumber), load_default=list, validate=validate.Length(max=20)
    )
    interpreter = fields.Boolean(load_default=None, allow_none=True)
    language = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=200))
    born_on = Day(load_default=None, allow_none=True)
    born_how = fields.Enum(BornHow, by_value=True, load_default=BornHow.PERSON_SAID)
    plan = fields.Enum(PlanAnswer, by_value=True, load_default=None, allow_none=True)
    plan_words = fields.String(load_default="", validate=_WORDS)
    plan_again_on = Day(load_default=None, allow_none=True)
    happened_at = Moment(load_default=None, allow_none=True)
    date_only = fields.Boolean(load_default=False)


class DecideTask(Schema):
    """What now: a choice of the routine, and why. `who` answered, `relative_id` and `on` (the day of
    the next try) where the choice needs them. Words and `who` are sealed."""

    choice = fields.String(required=True, validate=validate.Length(min=1, max=40))
    words = fields.String(required=True, validate=validate.Length(min=1, max=20_000))
    who = fields.String(load_default="", validate=validate.Length(max=500))
    relative_id = fields.UUID(load_default=None, allow_none=True)
    on = Day(load_default=None, allow_none=True)


class ChoiceView(Schema):
    """One choice: the kind of task that it makes owed, and what it needs beside words."""

    key = fields.String()
    title = fields.Dict(keys=fields.String(), values=fields.String())
    task = fields.String()
    needs = fields.List(fields.String())


class ChoicesView(Schema):
    choices = fields.List(fields.Nested(ChoiceView))


class ReceiverView(Schema):
    """Who holds it, what it was, by which way and when."""

    to = fields.String(metadata={"description": "as `told` of `complete` names them"})
    event_id = fields.UUID(attribute="sent.event_id")
    what = fields.String(attribute="sent.kind")
    channel = fields.String(attribute="sent.channel")
    at = fields.AwareDateTime(format="iso", attribute="sent.at")
    date_only = fields.Boolean(attribute="sent.date_only")
    to_patient = fields.Boolean(attribute="sent.to_patient")
    starts_at = fields.AwareDateTime(format="iso", allow_none=True, attribute="sent.starts_at")


class ReceiversView(Schema):
    """Whoever has something that was sent by mistake; none for another task."""

    receivers = fields.List(fields.Nested(ReceiverView))


class LeftBeforeAssessment(Schema):
    happened_at = Moment(load_default=None, allow_none=True)
    date_only = fields.Boolean(load_default=False)
    words = fields.String(load_default="", validate=_WORDS)
