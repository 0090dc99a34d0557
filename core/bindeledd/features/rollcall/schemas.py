"""Answers with a roll call: the shape only."""

from marshmallow import Schema, fields

from bindeledd.features.rollcall.domain import Kind


class UnaccountedView(Schema):
    id = fields.UUID(metadata={"description": "a case, or an undecided message or call"})
    why = fields.String(metadata={"description": "a stable code"})


class HandoverCountsView(Schema):
    sent = fields.Integer()
    accepted = fields.Integer()
    returned = fields.Integer()
    pending = fields.Integer()
    lost = fields.Integer()


class PairCountsView(HandoverCountsView):
    """From one organisation to another, by name; outside the tenant too."""

    sender = fields.String()
    receiver = fields.String()


class BesideView(Schema):
    never_reached = fields.Integer(metadata={"description": "since the last discharge"})
    longest_days_since_reached = fields.Integer(allow_none=True)
    median_days_since_reached = fields.Integer(allow_none=True)
    moved_later = fields.Integer(metadata={"description": "due times that a person put later"})
    moved_later_last_day = fields.Integer()
    counted_anew = fields.Integer(
        metadata={"description": "due times counted from when a stay that was over became known"}
    )
    counted_anew_last_day = fields.Integer()
    handovers = fields.Nested(HandoverCountsView)
    takeovers_unsigned = fields.Integer()
    takeover_rows_undecided = fields.Integer(
        metadata={"description": "refused rows of take-overs that nobody has decided"}
    )
    listed_undecided = fields.Integer(
        metadata={"description": "on a discharge list, neither followed nor decided"}
    )
    pairs = fields.List(fields.Nested(PairCountsView))
    faults_unseen = fields.Integer()


class UndecidedView(Schema):
    waiting = fields.Integer()
    overdue = fields.Integer()
    unseen = fields.List(fields.Nested(UnaccountedView))


class NumbersView(Schema):
    at = fields.AwareDateTime(format="iso")
    swept_at = fields.AwareDateTime(format="iso", allow_none=True)
    registered = fields.Integer()
    owned = fields.Integer()
    overdue_seen = fields.Integer()
    escalated = fields.Integer()
    closed_signed = fields.Integer()
    registered_in_error = fields.Integer(metadata={"description": "how many of closed_signed"})
    unseen = fields.Integer()
    complete = fields.Boolean()
    remainder = fields.List(fields.Nested(UnaccountedView))
    pointer_wrong = fields.List(fields.UUID())
    unlisted = fields.Integer(
        metadata={"description": "missing beside those listed: at most 200 of each are"}
    )
    undecided = fields.Nested(UndecidedView)
    beside = fields.Nested(BesideView)


class StatementView(Schema):
    """A statement as it was kept; `read_by` signed that it was read."""

    id = fields.UUID()
    kind = fields.Enum(Kind, by_value=True)
    statement = fields.Nested(NumbersView)
    read_by = fields.UUID(allow_none=True)
    read_at = fields.AwareDateTime(format="iso", allow_none=True)
    out_of_date = fields.Boolean(
        metadata={
            "description": "the last count, or an unread statement: the roll was called too long ago to say anything of now"
        }
    )
