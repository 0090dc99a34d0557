"""Two local routines that meet in one ward of the site stop the start, and both are named."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from bindeledd.features.pathways.domain import Book
from bindeledd.foundation.errors import Misconfigured
from bindeledd.plugin.agreeing import disagreements, insist_layers_agree
from builders import Site, a_site
from features.pathways.test_domain_layers import a_book, a_layer, tighten


@pytest.fixture
def site(session: Session) -> Site:
    return a_site(session)


def met(unit: str) -> Book:
    """One layer for acute wards, a looser one for a unit by its key."""
    kind = a_layer(tighten('due = { within = "P1D" }'), units='["acute_ward"]')
    ward = a_layer(tighten('due = { within = "P2D" }'), id="own", level="unit", units=f'["{unit}"]')
    book, wrong = a_book(kind, ward)
    assert wrong == []
    return book


def test_where_they_meet_the_start_stops_and_names_both(session: Session, site: Site) -> None:
    with pytest.raises(Misconfigured) as stopped:
        insist_layers_agree(session, met("ward"), [site.tenant])
    said = str(stopped.value)
    assert "for enheten «ward» kan ikke first-contact.due" in said
    assert "layer1.toml" in said
    assert "layer0.toml" in said


def test_where_they_do_not_meet_it_goes_on(session: Session, site: Site) -> None:
    insist_layers_agree(session, met("another-ward"), [site.tenant])
    assert disagreements(session, met("another-ward"), [site.tenant]) == []
