"""Bodies and answers of plans. Shape only."""

from marshmallow import Schema, fields, validate

from bindeledd.features.cases.schemas import RecordedView
from bindeledd.features.plans.domain import LONGEST, MOST_MEASURES, Relatives, Service

_TITLE = fields.Dict(keys=fields.String(), values=fields.String())
_WORDS = validate.Length(max=LONGEST)


class OneMeasure(Schema):
    """What a service does; `owner`: whoever there has said yes to it, empty where nobody has."""

    what = fields.String(required=True, validate=_WORDS)
    whose = fields.Enum(Service, by_value=True, required=True)
    owner = fields.String(load_default="", validate=_WORDS)


class SaveVersion(Schema):
    """The whole plan as it is now. `base`: the number of the newest version that was read, 0 for
    none; another number is refused, and nothing is written. `facts`: what packs ask with a plan, and
    `note`, sealed: the words of an answer that is given in words."""

    base = fields.Integer(required=True, validate=validate.Range(min=0, max=1_000_000))
    sections = fields.Dict(
        keys=fields.String(validate=validate.Length(max=100)),
        values=fields.String(validate=_WORDS),
        load_default=dict,
        validate=validate.Length(max=100),
    )
    measures = fields.List(
        fields.Nested(OneMeasure),
        load_default=list,
        validate=validate.Length(max=MOST_MEASURES),
    )
    person = fields.Boolean(required=True)
    relatives = fields.Enum(Relatives, by_value=True, load_default=Relatives.NOT_ASKED)
    services = fields.List(
        fields.Enum(Service, by_value=True), load_default=list, validate=validate.Length(max=4)
    )
    facts = fields.Dict(
        keys=fields.String(),
        values=fields.Raw(metadata={"type": ["string", "boolean"]}),
        load_default=dict,
        validate=validate.Length(max=20),
    )
    note = fields.String(load_default="", validate=_WORDS)


class AskedView(Schema):
    """A section as it was asked. `measures`: it is answered by the measures."""

    key = fields.String()
    title = _TITLE
    measures = fields.Boolean()
    stays_inside = fields.Boolean()
    of_relatives = fields.Boolean()


class TookPartView(Schema):
    person = fields.Boolean()
    relatives = fields.Enum(Relatives, by_value=True)
    services = fields.List(fields.Enum(Service, by_value=True))


class WordsView(Schema):
    sections = fields.Dict(keys=fields.String(), values=fields.String())
    measures = fields.List(fields.Nested(OneMeasure))
    took_part = fields.Nested(TookPartView)


class HeadView(Schema):
    """A version without its words. `in_error`: it was entered in error, and stands to be read."""

    id = fields.UUID()
    number = fields.Integer()
    event_id = fields.UUID()
    made_at = fields.AwareDateTime(format="iso")
    made_by = fields.UUID(allow_none=True)
    in_error = fields.Boolean()


class VersionView(HeadView):
    """A version. `words` is null where it cannot be read."""

    title = _TITLE
    asked = fields.List(fields.Nested(AskedView))
    words = fields.Nested(WordsView, allow_none=True)


class FormView(Schema):
    title = _TITLE


class PlanView(Schema):
    """The plan of a follow-up. `version` is null where none is written; `latest` is the `base` of
    the next. `locked`: no relative may be told of the plan today."""

    form = fields.Nested(FormView)
    asked = fields.List(fields.Nested(AskedView))
    not_yet = fields.List(fields.Nested(AskedView))
    locked = fields.Boolean()
    latest = fields.Integer()
    version = fields.Nested(VersionView, allow_none=True)


class VersionsView(Schema):
    versions = fields.List(fields.Nested(HeadView))


class SavedView(Schema):
    version = fields.Nested(VersionView)
    recorded = fields.Nested(RecordedView)
