"""Every no that the product says has one code, and a text in Norwegian that a person understands."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from architecture.tree import import_everything
from bindeledd.foundation.errors import Refusal
from bindeledd.foundation.texts import read_texts


def refusals() -> list[type[Refusal]]:
    """Every kind of refusal that the product declares, with a code of its own."""
    import_everything()
    found: list[type[Refusal]] = [Refusal]
    for kind in found:
        found += [sub for sub in kind.__subclasses__() if sub not in found]
    return [
        kind for kind in found if "code" in vars(kind) and kind.__module__.startswith("bindeledd.")
    ]


@pytest.fixture(scope="module")
def declared() -> list[type[Refusal]]:
    return refusals()


def test_each_code_belongs_to_one_refusal(declared: list[type[Refusal]]) -> None:
    twice = [code for code, count in Counter(kind.code for kind in declared).items() if count > 1]
    assert twice == []


def test_codes_are_plain_words_of_a_feature(declared: list[type[Refusal]]) -> None:
    odd = [kind.code for kind in declared if not re.fullmatch(r"[a-z_]+(\.[a-z_]+)?", kind.code)]
    assert odd == []


def test_each_refusal_says_in_norwegian_what_is_wrong_and_what_to_do(
    declared: list[type[Refusal]],
) -> None:
    told = set(read_texts().codes())
    silent = sorted(
        f"{kind.code} ({kind.__module__})" for kind in declared if kind.code not in told
    )
    assert silent == []


def test_no_text_stands_for_a_refusal_that_is_gone(declared: list[type[Refusal]]) -> None:
    gone = set(read_texts().codes()) - {kind.code for kind in declared}
    assert sorted(gone) == []


def test_texts_are_sentences(declared: list[type[Refusal]]) -> None:
    texts = read_texts()
    told = {code: texts.refusal(code) for code in texts.codes()}
    odd = [code for code, text in told.items() if not text[0].isupper() or text[-1] not in ".?!"]
    assert odd == []
