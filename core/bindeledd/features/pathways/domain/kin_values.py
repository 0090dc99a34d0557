"""Up to which age whom is told what: the limits of the law, as the files say them."""

from dataclasses import dataclass, field

from bindeledd.features.pathways.domain.values import Basis, Origin


@dataclass(frozen=True, kw_only=True)
class AgeLimit:
    """An age in whole years that have been completed, and where it comes from."""

    years: int
    basis: Basis


@dataclass(frozen=True, kw_only=True)
class KinRules:
    """Who may be told what of a person who is not of age, and of everybody else.

    `informed`: parents are told of whoever is younger. `objection`: from this age the person may
    ask that they are not, for reasons to be respected. `responsibility`: parents of whoever is
    younger get what they need for it, danger of suicide too. `estimate`: how many years an
    estimated birth date may be wrong. The rest is the basis of what has no age.
    """

    informed: AgeLimit
    objection: AgeLimit
    responsibility: AgeLimit
    estimate: AgeLimit
    consent: Basis
    general: Basis
    daily_care: Basis
    rows: tuple[str, ...] = ()
    origin: Origin = field(default_factory=Origin)
