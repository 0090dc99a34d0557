"""A layer that holds for nobody at the site is told, with what it names and what the site has."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.pathways.domain import Book
from bindeledd.features.pathways.domain.idle import idle
from bindeledd.features.pathways.domain.meeting import Places
from bindeledd.features.pathways.service import SITE
from bindeledd.features.staff.tables import OrganisationRow
from bindeledd.plugin.holding import held_by_nobody
from bindeledd.plugin.loading import gather
from builders import Site, a_site
from features.pathways.test_domain_agreements import an_agreement, step
from features.pathways.test_domain_layers import a_book, a_layer, tighten

HERE = Places(
    units=[("dps-1", "dps", "fjellbu")],
    teams=[("fjellbu", frozenset({"dps-1", "dps"}))],
    kinds={"fjellbu": "municipality", "sykehuset": "trust"},
)


def for_them(where: str, *, id: str = "own") -> str:
    return a_layer(tighten('due = { within = "P1D" }'), id=id).replace("# every unit", where)


def nobodys(*layers: str, own: bool = False) -> list[tuple[str, str]]:
    book, wrong = a_book(*layers)
    assert wrong == []
    pack = "the-pack"
    one_pack = (replace(one, origin=replace(one.origin, distribution=pack)) for one in book.layers)
    book, mine = replace(book, layers=tuple(one_pack)), {pack} if own else set()
    return [(one.layer.id, one.nearest) for one in idle(book, HERE, mine)]


@pytest.mark.parametrize(
    ("where", "nearest"),
    [
        ('organisations = ["fjelbu"]', "fjellbu"),
        ('organisations = ["vestre-viken"]', ""),
        ('units = ["acute_ward"]', ""),
        ('organisations = ["fjellbu"]\nunits = ["tsb"]', ""),
    ],
)
def test_a_layer_for_nobody_is_found_with_the_name_that_may_be_meant(
    where: str, nearest: str
) -> None:
    assert nobodys(for_them(where)) == [("own", nearest)]


@pytest.mark.parametrize(
    "where", ["# every unit", 'organisations = ["fjellbu"]', 'units = ["dps"]', 'units = ["dps-1"]']
)
def test_a_layer_for_somebody_is_not(where: str) -> None:
    assert nobodys(for_them(where)) == []


@pytest.mark.parametrize(
    ("ends", "found"),
    [
        ('organisations = ["fjellbu"]\nto = ["sykehuset"]', []),
        ('organisations = ["municipality"]\nto = ["trust"]', []),
        ('organisations = ["fjellbu"]\nto = ["921234554"]', []),
        ('organisations = ["fjellbu"]\nto = ["sykehus-et"]', [("pair", "sykehuset")]),
        ('organisations = ["elsewhere"]\nto = ["trust"]', [("pair", "")]),
    ],
)
def test_an_agreement_holds_where_both_its_ends_may_be(
    ends: str, found: list[tuple[str, str]]
) -> None:
    assert nobodys(an_agreement(step(), ends=ends)) == found


def test_a_pack_that_holds_with_another_of_its_layers_is_only_told_of_a_slip() -> None:
    here, elsewhere = for_them("# every unit"), for_them('units = ["tsb"]', id="own.tsb")
    slip = for_them('organisations = ["fjelbu"]', id="own.slip")
    assert nobodys(here, elsewhere, slip) == [("own.slip", "fjellbu")]


def test_of_the_files_of_the_site_itself_each_is_told() -> None:
    here, elsewhere = for_them("# every unit"), for_them('units = ["tsb"]', id="own.tsb")
    assert nobodys(here, elsewhere, own=True) == [("own.tsb", "")]


@pytest.fixture
def site(session: Session) -> Site:
    return a_site(session)


def called(session: Session, site: Site, key: str) -> None:
    renamed = sa.update(OrganisationRow).where(OrganisationRow.id == site.organisation)
    session.execute(renamed.values(key=key))


@pytest.fixture(scope="module")
def region() -> Book:
    return gather(["helse-sor-ost"]).book


def test_the_plan_of_a_region_that_nobody_here_follows_is_told_with_what_the_site_has(
    session: Session, site: Site, region: Book
) -> None:
    called(session, site, "vv-hf")
    told = held_by_nobody(session, region, [site.tenant])
    assert {"region.toml" in str(one.where) for one in told} >= {True}
    assert all("vestre-viken" in one.what and "vv-hf" in one.what for one in told)


def test_a_trust_called_what_the_packs_call_it_is_told_nothing(
    session: Session, site: Site, region: Book
) -> None:
    called(session, site, "vestre-viken")
    assert held_by_nobody(session, region, [site.tenant]) == []


def test_a_site_of_its_own_files_is_told_the_line_that_says_for_whom(
    session: Session, site: Site
) -> None:
    book, _ = a_book(for_them('organisations = ["trus"]'))
    [layer] = book.layers
    own = replace(layer, origin=replace(layer.origin, distribution=SITE))
    [told] = held_by_nobody(session, replace(book, layers=(own,)), [site.tenant])
    assert "«trust», hvis det var meningen" in told.do
