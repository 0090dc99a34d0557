"""The pages of administration: what is set up and runs (`viewing.py`), who works here (`people.py`,
`roles.py`), units, organisations and their addresses (`units.py`, `organisations.py`), teams and their
hours (`teams.py`)."""

from flask import Blueprint

from bindeledd.features.administration.domain import Given
from bindeledd.features.administration.pages.organisations import add_organisations
from bindeledd.features.administration.pages.people import add_people
from bindeledd.features.administration.pages.roles import add_roles
from bindeledd.features.administration.pages.teams import add_teams
from bindeledd.features.administration.pages.units import add_units
from bindeledd.features.administration.pages.viewing import add_views
from bindeledd.features.pathways.domain import Book


def pages(book: Book, given: Given) -> Blueprint:
    """`url_for("administration_pages.overview")`; `given`: what only the installation knows."""
    bp = Blueprint(
        "administration_pages", "bindeledd.features.administration", template_folder="templates"
    )
    add_views(bp, book, given)
    add_people(bp)
    add_roles(bp)
    add_units(bp)
    add_organisations(bp)
    add_teams(bp, given.closed_days)
    return bp
