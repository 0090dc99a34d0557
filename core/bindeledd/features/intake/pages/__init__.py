"""The pages of what arrives: register by hand, somebody called, and what waits for an answer.

Read `registering.py`, `calling.py`, `deciding.py`. Templates stand in `templates/intake/`.
"""

from flask import Blueprint

from bindeledd.features.intake.pages.calling import add_calls
from bindeledd.features.intake.pages.deciding import add_queue
from bindeledd.features.intake.pages.registering import add_registering
from bindeledd.features.intake.service import Rules


def pages(rules: Rules) -> Blueprint:
    """The pages of this feature; `url_for("intake_pages.called")` and its sisters."""
    bp = Blueprint("intake_pages", "bindeledd.features.intake", template_folder="templates")
    add_registering(bp, rules)
    add_calls(bp, rules)
    add_queue(bp, rules)
    return bp
