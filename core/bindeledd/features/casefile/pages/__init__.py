"""The pages of a case: the case on one screen, and what a team member does on it.

Read `doing.py` (how a small page refuses, keeps what was typed and goes back to the case), then
`screen.py`. Templates stand in `templates/casefile/`.
"""

from flask import Blueprint

from bindeledd.features.casefile.pages import (
    answering,
    appointments,
    bedside,
    beside,
    contact,
    drawing,
    ending,
    family,
    handing,
    history,
    in_hand,
    kin,
    letter,
    looking,
    mistakes,
    moving,
    outside,
    person,
    plan,
    reaching,
    registered,
    screen,
    sharing,
    summary,
    tasks,
    telling,
    words,
)
from bindeledd.features.pathways.domain import Book
from bindeledd.foundation.spelling import telephone


def pages(book: Book) -> Blueprint:
    """The pages of this feature; `url_for("casefile_pages.show", case_id=…)` and its sisters."""
    bp = Blueprint("casefile_pages", "bindeledd.features.casefile", template_folder="templates")
    bp.context_processor(
        lambda: {
            **words.given(book),
            **drawing.given(book),
            **history.given(book),
            **plan.given(book),
            **sharing.given(book),
        }
    )
    for filter_ in (telephone, words.pair_telephone):
        bp.add_app_template_filter(filter_, filter_.__name__)
    for part in (
        screen,
        history,
        bedside,
        contact,
        registered,
        appointments,
        in_hand,
        summary,
        plan,
        family,
        telling,
        tasks,
        beside,
        letter,
        looking,
        handing,
        outside,
        answering,
        ending,
        mistakes,
        moving,
        kin,
        person,
        reaching,
    ):
        part.add(bp, book)
    return bp
