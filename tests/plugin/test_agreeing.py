"""Two local routines that meet in one ward of the site stop the start, and both are named."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from bindeledd.features.pathways.domain import Book
from bindeledd.foundation.errors import Misconfigured
from bindeledd.plugin.agreeing import disagreements, insist_layers_agree
from builders import Site, a_site, a_town
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


def by_a_take_over(session: Session, site: Site) -> Book:
    """The ward's hospital says one day; a town whose team may take over says two."""
    a_town(session, site)
    book, wrong = a_book(*TAKE_OVER)
    assert wrong == []
    return book


TAKE_OVER = (
    a_layer(tighten('due = { within = "P1D" }'), level="trust").replace(
        "# every unit", 'organisations = ["sykehuset"]'
    ),
    a_layer(tighten('due = { within = "P2D" }'), id="town", level="municipality").replace(
        "# every unit", 'organisations = ["byen"]'
    ),
)


def test_where_they_meet_by_a_take_over_the_refusal_says_whose_and_what_to_do(
    session: Session, site: Site
) -> None:
    with pytest.raises(Misconfigured) as stopped:
        insist_layers_agree(session, by_a_take_over(session, site), [site.tenant])
    said = str(stopped.value)
    assert "tar et team i «byen» over en oppfølging fra enheten «ward»" in said
    assert "first-contact.due" in said
    assert "layer0.toml:11" in said
    assert "layer1.toml:11" in said
    assert "ta ut det tillegget som ikke er for dette stedet" in said


def test_what_meets_at_once_is_told_before_what_meets_by_a_take_over(
    session: Session, site: Site
) -> None:
    assert [one.taken_over_by for one in disagreements(session, met("ward"), [site.tenant])] == [""]


def test_where_they_do_not_meet_it_goes_on(session: Session, site: Site) -> None:
    insist_layers_agree(session, met("another-ward"), [site.tenant])
    assert disagreements(session, met("another-ward"), [site.tenant]) == []
