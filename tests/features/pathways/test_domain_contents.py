"""What counts as the content of a version, and what does not."""

from __future__ import annotations

from bindeledd.features.pathways.domain.reading import read_file
from features.pathways.routines import HEAD

STEP = """\
[[step]]
key = "site.call"
task = "call_patient"
after = "discharged"
due = { within = "P3D", count = "calendar_days" }
owner = "responsible_team"
satisfied_by = ["reached"]
strength = "should"
basis = { kind = "default", source = "ours" }
"""


def content(text: str) -> str:
    [routine] = read_file(text, distribution="site", file="a.toml").pathways
    return routine.content


def test_another_time_is_another_content() -> None:
    assert content(HEAD + STEP) != content(HEAD + STEP.replace("P3D", "P2D"))


def test_a_comment_and_a_blank_line_are_no_content() -> None:
    assert content(HEAD + STEP) == content(f"# looked through\n\n{HEAD}\n{STEP}")


def test_the_order_of_keys_is_no_content() -> None:
    turned = STEP.replace('key = "site.call"\n', "") + 'key = "site.call"\n'
    assert content(HEAD + STEP) == content(HEAD + turned)


def test_what_is_of_today_in_whatever_version_is_no_content() -> None:
    kind = '[task.site-walk]\ntitle = { nb = "Gå en tur", en = "Go for a walk" }\n'
    assert content(HEAD + STEP) == content(HEAD + STEP + kind)
