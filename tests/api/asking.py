"""Requests made from the API's own description: each answer has to be one that it describes."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import hypothesis
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase
from schemathesis import Case
from schemathesis.checks import load_all_checks
from schemathesis.core.failures import FailureGroup
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation import GenerationMode

CHECKED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
)


def settings(examples: int, steps: int = 0) -> hypothesis.settings:
    """The same requests every time; nothing is kept on disk."""
    return hypothesis.settings(
        max_examples=examples,
        stateful_step_count=steps or 1,
        derandomize=not steps,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


@dataclass
class Asker:
    """Whoever asks. `wrong` holds what was answered otherwise than described, once each."""

    app: Flask
    token: str
    ids: Mapping[str, Any]
    wrong: dict[tuple[str, str], str] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    chance: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311

    def description(self) -> Any:
        load_all_checks()
        described = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", self.app)
        described.config.generation.update(
            modes=list(GenerationMode), with_security_parameters=False, allow_extra_parameters=False
        )
        return described

    @property
    def doors(self) -> set[str]:
        found = self.description().get_all_operations()
        return {one.ok().label for one in found}

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def prepare(self, case: Case) -> None:
        """Put ids that are there in the place of most of those that are invented.

        What is wrong on purpose stays wrong.
        """
        places = {
            ParameterLocation.PATH: case.path_parameters,
            ParameterLocation.QUERY: case.query,
            ParameterLocation.BODY: case.body,
        }
        parts = case.meta.components if case.meta else {}
        for place, held in places.items():
            said = parts.get(place)
            if isinstance(held, dict) and (said is None or said.mode is GenerationMode.POSITIVE):
                self._put(held)

    def _put(self, held: dict[str, Any]) -> None:
        for name, value in held.items():
            if name in self.ids and isinstance(value, str) and self.chance.random() < 0.8:
                held[name] = str(self.ids[name])

    def look(self, case: Case, response: Any) -> None:
        """Whether this answer is one that the description has."""
        self.statuses[response.status_code] += 1
        if response.status_code < 300:
            self.done[case.operation.label] += 1
        try:
            case.validate_response(response, checks=[_check(name) for name in CHECKED])
        except FailureGroup as group:
            for failure in group.exceptions:
                key = (case.operation.label, type(failure).__name__)
                said = f"{response.status_code} {case.body!r:.800} {response.content[:600]!r} {failure}"
                self.wrong.setdefault(key, said)


def _check(name: str) -> Any:
    return getattr(schemathesis.checks, name)


def walk(asker: Asker, seeds: int, steps: int = 50) -> None:
    """Follow the links from answer to request: ids of what was made are asked for and acted on.

    What a walk has made stays for the next one, so none of them is walked again.
    """
    machine = asker.description().as_state_machine()

    class Walk(machine):  # type: ignore[misc, valid-type]
        def before_call(self, case: Case) -> None:
            asker.prepare(case)

        def get_call_kwargs(self, case: Case) -> dict[str, Any]:
            return {"headers": asker.headers}

        def validate_response(self, response: Any, case: Case, *_: Any, **__: Any) -> None:
            asker.look(case, response)

    for seed in range(seeds):
        Walk._hypothesis_internal_use_seed = seed
        with suppress(hypothesis.errors.Flaky):
            Walk.run(settings=settings(3, steps))


def ask_each(asker: Asker, examples: int) -> None:
    """Each door with bodies that its schema allows, and with such as it does not."""
    described = asker.description()
    for found in described.get_all_operations():
        operation = found.ok()
        for mode in GenerationMode:
            _ask(asker, operation.as_strategy(generation_mode=mode), examples)


def _ask(asker: Asker, strategy: Any, examples: int) -> None:
    @hypothesis.given(case=strategy)
    @settings(examples)
    def ask(case: Case) -> None:
        asker.prepare(case)
        asker.look(case, case.call(headers=asker.headers))

    with suppress(
        hypothesis.errors.Unsatisfiable
    ):  # nothing can be wrong with a door without a body
        ask()
