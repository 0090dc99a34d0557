"""What goes in and out over HTTP about whoever asks."""

from marshmallow import Schema, fields, validate

from bindeledd.foundation.texts import LANGUAGES


class ChooseLanguage(Schema):
    """`null`: none of one's own, whatever the site's is."""

    language = fields.String(
        required=True, allow_none=True, validate=validate.OneOf(list(LANGUAGES))
    )


class MeView(Schema):
    """Whoever asks. `language` is null while they have chosen none."""

    id = fields.UUID()
    name = fields.String()
    language = fields.String(allow_none=True)
    teams = fields.List(fields.UUID())
    leads = fields.List(fields.UUID())
