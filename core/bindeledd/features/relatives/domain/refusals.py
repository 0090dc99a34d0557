"""What is refused about relatives, each with its own code."""

from bindeledd.foundation.errors import Conflict, Invalid, NotAllowed, NotFound


class RelativeNotFound(NotFound):
    """There is no such relative, or the one who asks may not see them."""

    code = "relatives.not_found"


class RelativeChanged(Conflict):
    """Somebody else changed the relative in the meantime."""

    code = "relatives.changed_meanwhile"


class RelativeUnreadable(Conflict):
    """What would be changed cannot be read."""

    code = "relatives.unreadable"


class ConsentNotFound(NotFound):
    code = "relatives.consent_not_found"


class ConsentWithdrawn(Conflict):
    """The consent was withdrawn already; a new one is given anew."""

    code = "relatives.consent_withdrawn"


class ConsentBackwards(Invalid):
    """The consent would end before it begins, or says nothing of what may be told."""

    code = "relatives.consent_makes_no_sense"


class NobodyNamed(Invalid):
    """A relative needs a name or a relation."""

    code = "relatives.nobody_named"


class YearMakesNoSense(Invalid):
    """A birth year lies in the future or before anybody who lives was born."""

    code = "relatives.birth_year_makes_no_sense"


class ObjectionBackwards(Conflict):
    """That an objection is respected, or is not, is decided of one that stands."""

    code = "relatives.no_objection"


class ObjectionOwn(NotAllowed):
    """Whoever wrote an objection down does not decide of its reasons: another person does."""

    code = "relatives.objection_own"


class ObjectionUnexplained(Invalid):
    """An objection is decided with who decided and why, in words."""

    code = "relatives.objection_reason_needed"


class ObjectionTooYoung(Conflict):
    """A parent of a child this young is told: an objection of the child would withhold nothing."""

    code = "relatives.objection_too_young"


class ConsentObjected(Conflict):
    """A consent opens nothing while the person's objection stands: that is ended first."""

    code = "relatives.consent_objected"
