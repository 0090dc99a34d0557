"""How the installation is: health, jobs, queues, keys; the directory; packs; routines by unit."""

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from bindeledd.features.administration import service
from bindeledd.features.administration.domain import Given
from bindeledd.features.administration.pages.forms import kind_words
from bindeledd.features.pathways.domain import Book
from bindeledd.features.pathways.domain.comparing import differences
from bindeledd.features.pathways.domain.explaining import explained
from bindeledd.features.pathways.service import wording
from bindeledd.features.pathways.service.differing import difference_words
from bindeledd.features.staff import queries as staff
from bindeledd.foundation.http import current_actor, now, transaction


def add_views(bp: Blueprint, book: Book, given: Given) -> None:
    """Put what is only looked at on `bp`."""

    @bp.get("/administration")
    def overview() -> ResponseReturnValue:
        by, at = current_actor(), now()
        with transaction() as session:
            running = service.show_running(session, given.rhythms, by=by, at=at)
        return render_template(
            "administration/overview.html",
            running=running,
            checks=given.examine(by.tenant_id),
            measures=given.measures(),
            at=at,
        )

    @bp.get("/administration/directory")
    def directory() -> ResponseReturnValue:
        by, at = current_actor(), now()
        with transaction() as session:
            shown = service.show_directory(session, by=by, at=at)
            people = staff.everybody(session, by.tenant_id, at)
        return render_template(
            "administration/directory.html", shown=shown, people=people, at=at, kinds=kind_words
        )

    @bp.get("/administration/plugins")
    def plugins() -> ResponseReturnValue:
        by, at = current_actor(), now()
        with transaction() as session:
            failures = service.show_failures(session, "plugins", by=by, at=at)
        return render_template(
            "administration/plugins.html", packs=given.packs(), failures=failures, at=at
        )

    @bp.get("/administration/pathways")
    def pathways() -> ResponseReturnValue:
        by, at = current_actor(), now()
        with transaction() as session:
            service.may_see(session, "pathways", by=by, at=at)
            names = staff.unit_names(session, by.tenant_id)
            places = staff.unit_places(session, by.tenant_id)
        units = sorted(((places[one][0], name) for one, name in names.items()), key=lambda u: u[1])
        asked = request.args.get("unit", "")
        place = next((found for found in places.values() if found[0] == asked), None)
        return render_template(
            "administration/pathways.html",
            units=units,
            asked=asked if place else "",
            routines=_routines(book, place),
            words=wording,
            book=book,
        )


def _routines(book: Book, place: tuple[str, str, str] | None) -> list[dict[str, Any]]:
    """Each routine as a unit has it: field by field, and what is another than in the routine alone."""
    found = []
    for name in dict.fromkeys(name for name, _ in book.pathways):
        alone = book.newest(name)
        whole = book.resolve(*alone.key, *(place or (None, None, None)))
        found.append(
            {
                "routine": alone,
                "layers": book.layers_for(name, *(place or (None, None, None))),
                "steps": explained(whole),
                "differences": [
                    difference_words(one, (book, book)) for one in differences(alone, whole)
                ],
            }
        )
    return found
