"""Notes for the patient record over HTTP: the shape only."""

from marshmallow import Schema, fields


class AskNotes(Schema):
    mine = fields.Boolean(load_default=False, metadata={"description": "what one recorded oneself"})
    newest = fields.Boolean(load_default=False)
    team = fields.UUID(load_default=None, metadata={"description": "one of one's own teams"})
    after = fields.String(load_default="", metadata={"description": "`next` of the page before"})


class NoteBare(Schema):
    """A note without its words."""

    event_id = fields.UUID()
    case_id = fields.UUID()
    patient_id = fields.UUID()
    kind = fields.String()
    at = fields.AwareDateTime(format="iso")
    date_only = fields.Boolean()
    recorded_at = fields.AwareDateTime(format="iso")
    recorded_by = fields.UUID(allow_none=True)
    entered_at = fields.AwareDateTime(format="iso", allow_none=True)
    entered_by = fields.UUID(allow_none=True)
    in_error = fields.Boolean()
    follows = fields.Boolean(
        metadata={
            "description": "false where the follow-up was handed over and only the note is yours"
        }
    )


class NotesView(Schema):
    """What is not in the EPJ yet, and on the first page what stands there and was an error."""

    waiting = fields.List(fields.Nested(NoteBare))
    wrong = fields.List(fields.Nested(NoteBare))
    count = fields.Integer(metadata={"description": "not there yet, on all pages"})
    count_wrong = fields.Integer()
    next = fields.String()


class NoteView(Schema):
    note = fields.Nested(NoteBare)
    text = fields.String(metadata={"description": "ready to be copied, in the site's language"})


class MarkNote(Schema):
    """`entered`: it stands in the EPJ now; false takes that back, or says that an error of it is
    corrected there."""

    entered = fields.Boolean(required=True)


class MarkedView(Schema):
    event_id = fields.UUID()
    case_id = fields.UUID()
    entered = fields.Boolean()
