"""A team with one person to follow up, and its members at the pages."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database
from builders import a_site, a_task_row, an_open_case
from doors import an_app
from features.worklist.builders import a_named_patient
from visitors import a_visitor

NAME = "Iŋgá Čáhppe-Eira Ánde Sárá"


class World:
    """Anna and Berit follow up one person; Carl works in another team."""

    def __init__(self, database: Database, home: Path) -> None:
        self.database = database
        self.at = clock.now()
        with database.transaction() as session:
            self.site = a_site(session, self.at)
            self.patient = a_named_patient(session, self.site, NAME)
            self.case = an_open_case(session, self.site, at=self.at, patient=self.patient).case.id
        app = an_app(database, home)
        people = (self.site.anna, self.site.berit, self.site.carl)
        self.anna, self.berit, self.carl = (a_visitor(app, database, one) for one in people)

    def owe(self, hours: float, **said: Any) -> Any:
        due_at = self.at + timedelta(hours=hours)
        said.setdefault("case", self.case)
        with self.database.transaction() as session:
            return a_task_row(session, self.site, due_at=due_at, at=self.at, **said)

    def held(self) -> list[Any]:
        asked = sa.select(TaskRow.id).where(TaskRow.held_by.is_not(None))
        with self.database.session() as session:
            return list(session.scalars(asked))

    def all(self, row: Any) -> list[Any]:
        with self.database.session() as session:
            return list(session.scalars(sa.select(row)))
