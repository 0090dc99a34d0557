"""What a pathway says, and what follows from it.

Read `values.py` first (`Pathway`, `Step`, `Gate`, `Ladder`), then `book.py` (all of them, by
key). `due.py` turns a rule into a moment, `ladders.py` a round of a ladder into moments;
`layers.py` puts local routines on top of the national one; `reading.py` reads all of it from
TOML; `simulating.py` shows what a discharge would give. This page is the floor's face.
"""

from bindeledd.features.pathways.domain.book import Book, LadderUnknown, PathwayUnknown
from bindeledd.features.pathways.domain.clocks import CHOSEN, SAME_DAY, Clock, core_clock
from bindeledd.features.pathways.domain.due import (
    DueMoment,
    due_moment,
    longest_silence,
    of_the_moment,
)
from bindeledd.features.pathways.domain.facts import Condition, applies
from bindeledd.features.pathways.domain.ground_values import Ground
from bindeledd.features.pathways.domain.kin_values import AgeLimit, KinRules
from bindeledd.features.pathways.domain.ladder_values import Choice, CoreRule, Ladder, Rung
from bindeledd.features.pathways.domain.layer_values import End, Layer, PathwayFolder, Tightening
from bindeledd.features.pathways.domain.plan_values import (
    AskedOf,
    PlanForm,
    PlanSection,
    SectionForm,
)
from bindeledd.features.pathways.domain.script_values import Script, ScriptStep
from bindeledd.features.pathways.domain.values import (
    Basis,
    BasisKind,
    Due,
    Gate,
    LongestSilence,
    Origin,
    Pathway,
    Step,
    Strength,
    Unreachable,
    begins,
    said_by,
    satisfies,
)

__all__ = [
    "CHOSEN",
    "SAME_DAY",
    "Clock",
    "core_clock",
    "Basis",
    "BasisKind",
    "Book",
    "Choice",
    "Condition",
    "CoreRule",
    "AgeLimit",
    "AskedOf",
    "Due",
    "DueMoment",
    "End",
    "Gate",
    "Ground",
    "KinRules",
    "Ladder",
    "LadderUnknown",
    "Layer",
    "LongestSilence",
    "Origin",
    "Pathway",
    "PathwayFolder",
    "PathwayUnknown",
    "PlanForm",
    "PlanSection",
    "Rung",
    "Script",
    "ScriptStep",
    "SectionForm",
    "Step",
    "Strength",
    "Tightening",
    "Unreachable",
    "applies",
    "begins",
    "due_moment",
    "longest_silence",
    "of_the_moment",
    "said_by",
    "satisfies",
]
