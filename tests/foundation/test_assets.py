"""Style sheets and scripts: kept for a year under an address that changes with the content."""

from __future__ import annotations

import gzip
import re
from importlib.resources import files
from pathlib import Path

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient

from bindeledd.foundation.http.assets import digest_of, install_assets, read_assets

CSS = b"a { color: red }\n" * 40


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "page.css").write_bytes(CSS)
    (tmp_path / "tiny.svg").write_bytes(b"<svg/>")
    made = Flask(__name__, static_folder=None)
    install_assets(made, tmp_path)
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def at(app: Flask, name: str) -> str:
    with app.test_request_context():
        return url_for("static", filename=name)


def test_an_address_names_the_content(app: Flask) -> None:
    assert at(app, "deep/page.css") == f"/static/deep/page.css?v={digest_of(CSS)}"


def test_what_the_address_names_is_kept_for_a_year(app: Flask, client: FlaskClient) -> None:
    kept = client.get(at(app, "deep/page.css")).headers["Cache-Control"]
    assert kept == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("address", ["/static/deep/page.css", "/static/deep/page.css?v=old"])
def test_what_it_does_not_name_is_asked_for_anew(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    assert answer.data == CSS
    assert answer.headers["Cache-Control"] == "no-cache"


def test_it_is_compressed_for_whoever_can_read_that(client: FlaskClient) -> None:
    answer = client.get("/static/deep/page.css", headers={"Accept-Encoding": "gzip, br"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.data) == CSS
    assert answer.headers["Vary"] == "Accept-Encoding"


def test_what_gains_nothing_by_it_is_sent_as_it_is(client: FlaskClient) -> None:
    answer = client.get("/static/tiny.svg", headers={"Accept-Encoding": "gzip"})
    assert (answer.data, "Content-Encoding" in answer.headers) == (b"<svg/>", False)


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_whoever_has_it_already_is_told_so(client: FlaskClient, encoding: str) -> None:
    asked = {"Accept-Encoding": encoding}
    tag = client.get("/static/deep/page.css", headers=asked).headers["ETag"]
    again = client.get("/static/deep/page.css", headers={**asked, "If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("name", ["none.css", "../test_assets.py", "deep", "deep/../../x"])
def test_what_is_not_there_is_not_found(client: FlaskClient, name: str) -> None:
    assert client.get(f"/static/{name}").status_code == 404


# --- what others have written ---------------------------------------------------------------------


def vendored() -> dict[str, str]:
    about = files("bindeledd.web") / "static" / "vendor" / "VENDORED.txt"
    rows = re.findall(r"^\| `([^`]+)` \|.*\| `([0-9a-f]{12})` \|$", about.read_text(), re.MULTILINE)
    return dict(rows)


def test_each_vendored_file_is_as_it_was_carried_here() -> None:
    there = read_assets(files("bindeledd.web") / "static" / "vendor")
    assert {name: one.digest for name, one in there.items() if name != "VENDORED.txt"} == vendored()


def test_no_sheet_holds_a_picture_that_the_policy_refuses() -> None:
    sheets = read_assets(files("bindeledd.web") / "static")
    holding = [
        name for name, one in sheets.items() if name.endswith(".css") and b"data:" in one.body
    ]
    assert holding == []


def test_each_picture_that_a_vendored_sheet_names_is_there_under_that_address() -> None:
    there = read_assets(files("bindeledd.web") / "static" / "vendor")
    sheet = there["designsystemet.css"].body.decode()
    named = re.findall(r'url\("([^"?]+)\?v=([^"]+)"\)', sheet)
    assert named
    assert dict(named) == {name: there[name].digest for name, _ in named}
