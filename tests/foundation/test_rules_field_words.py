"""What is wrong with a field is said in the language of the request."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import Schema, fields, validate

from bindeledd.foundation.http.field_words import in_words
from bindeledd.foundation.texts import speaking


class Body(Schema):
    name = fields.String(required=True)
    kind = fields.String(validate=validate.OneOf(["a", "b"]))
    word = fields.String(validate=validate.Length(max=3))
    many = fields.List(fields.Integer())
    how_many = fields.Integer(validate=validate.Range(min=0, max=9))
    on = fields.Date()
    id = fields.UUID(allow_none=False)


WRONG: dict[str, Any] = {
    "kind": "c",
    "word": "long",
    "many": ["x"],
    "how_many": 10,
    "on": "i dag",
    "id": None,
    "more": 1,
}


def test_every_field_is_answered_in_bokmaal() -> None:
    with speaking("nb"):
        assert in_words(Body().validate(WRONG)) == {
            "name": ["Feltet må være med."],
            "kind": ["Må være en av disse: a, b."],
            "word": ["Høyst 3 lang."],
            "many": {0: ["Må være et helt tall."]},
            "how_many": ["Må være fra 0 til 9."],
            "on": ["Må være en dato, ÅÅÅÅ-MM-DD."],
            "id": ["Feltet kan ikke være null."],
            "more": ["Feltet er ukjent."],
        }


@pytest.mark.parametrize(
    ("code", "said"), [("nn", "Feltet må vere med."), ("en", "The field has to be there.")]
)
def test_and_in_the_language_of_the_request(code: str, said: str) -> None:
    with speaking(code):
        assert in_words(Body().validate({})) == {"name": [said]}


def test_words_of_our_own_stay_as_they_are() -> None:
    assert in_words({"name": ["Skriv navnet."]}) == {"name": ["Skriv navnet."]}
