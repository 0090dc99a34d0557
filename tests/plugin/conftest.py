from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from plugin.packs import Shelf, a_shelf


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    yield from a_shelf(tmp_path / "shelf")
