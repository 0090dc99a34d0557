"""Bodies and answers of contacts. Shape only."""

from marshmallow import Schema, fields, validate

from bindeledd.features.cases.schemas import RecordedView
from bindeledd.features.contacts.domain import Channel, Direction, Outcome
from bindeledd.foundation.http.fields import Day, Moment

_WORDS = validate.Length(max=20_000)


class RegisterContact(Schema):
    """A contact: the outcome is enough. `words`, `whom` and `detail` are sealed.

    `channel`: without it the one that the outcome implies (a letter, an SMS, a visit), else `phone`;
    one in which the outcome cannot have come about is refused (`contact.channel_contradicts`).

    `offer_again_on`: the day on which a person who declined is offered again; on a day that is
    closed it is the next open one. `although`: why a message was left where it is marked that
    none is to be; without it such a contact is refused (`contact.message_not_safe`).

    `still_stands`: the appointment of which the person said, in this contact, that it still stands;
    only where somebody spoke with them (`contact.said_by_nobody`). Without it that is owed still.
    """

    outcome = fields.Enum(Outcome, by_value=True, required=True)
    channel = fields.Enum(Channel, by_value=True, load_default=None)
    direction = fields.Enum(Direction, by_value=True, load_default=Direction.OUT)
    happened_at = Moment(load_default=None)
    next_attempt = Moment(load_default=None)
    still_stands = fields.UUID(load_default=None)
    offer_again_on = Day(load_default=None, allow_none=True)
    substantive = fields.Boolean(load_default=False)
    words = fields.String(load_default="", validate=_WORDS)
    whom = fields.String(load_default="", validate=validate.Length(max=500))
    although = fields.String(load_default="", validate=_WORDS)
    detail = fields.String(load_default="", validate=validate.Length(max=500))


class ContactView(Schema):
    id = fields.UUID()
    case_id = fields.UUID()
    at = fields.AwareDateTime(format="iso")
    by = fields.UUID(allow_none=True)
    direction = fields.Enum(Direction, by_value=True)
    channel = fields.Enum(Channel, by_value=True)
    event_id = fields.UUID()
    sealed = fields.Dict()


class RegisteredView(Schema):
    contact = fields.Nested(ContactView)
    recorded = fields.Nested(RecordedView)


class ContactsView(Schema):
    contacts = fields.List(fields.Nested(ContactView))
