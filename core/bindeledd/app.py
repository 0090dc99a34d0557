"""`create_app`: web and API in one WSGI app. Sees everything, decides nothing."""

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

import flask_smorest
from flask import Blueprint, Flask, g, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.middleware.proxy_fix import ProxyFix

from bindeledd import __version__
from bindeledd.checkup.at_work import given
from bindeledd.features.access import views as access_views
from bindeledd.features.access.domain import SessionRules
from bindeledd.features.access.pages import Doors, resolver
from bindeledd.features.access.pages import pages as access_pages
from bindeledd.features.administration.domain import Given
from bindeledd.features.administration.pages import pages as administration_pages
from bindeledd.features.appointments import views as appointments
from bindeledd.features.casefile import views as casefile
from bindeledd.features.casefile.pages import pages as casefile_pages
from bindeledd.features.cases import views as cases
from bindeledd.features.cases.pages import pages as signing_pages
from bindeledd.features.contacts import views as contacts
from bindeledd.features.discharges import pages as discharges_pages
from bindeledd.features.documents import views as documents
from bindeledd.features.epj import views as epj
from bindeledd.features.epj.pages import pages as epj_pages
from bindeledd.features.handovers import pages as outside_pages
from bindeledd.features.handovers import queries as outside
from bindeledd.features.handovers import views as handovers
from bindeledd.features.intake import views as intake
from bindeledd.features.intake.pages import pages as intake_pages
from bindeledd.features.intake.service import Rules
from bindeledd.features.morning.pages import pages as morning_pages
from bindeledd.features.pathways.pages import pages as pathways_pages
from bindeledd.features.pathways.service.remembering import remembered
from bindeledd.features.patients import views as patients
from bindeledd.features.plans import views as plans
from bindeledd.features.relatives import views as relatives
from bindeledd.features.reminders import queries as reminders
from bindeledd.features.reminders import views as reminders_views
from bindeledd.features.reminders.pages import pages as reminders_pages
from bindeledd.features.reports.pages import pages as reports_pages
from bindeledd.features.restricted import pages as restricted_pages
from bindeledd.features.restricted import views as restricted
from bindeledd.features.rollcall import pages as rollcall_pages
from bindeledd.features.rollcall import views as rollcall
from bindeledd.features.staff.pages import pages as staff_pages
from bindeledd.features.takeover.pages import pages as takeover_pages
from bindeledd.features.worklist import views as worklist
from bindeledd.features.worklist.pages import pages as worklist_pages
from bindeledd.foundation.db import Database
from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.http import answer_json, edge, find_actor, now, open_early, public
from bindeledd.foundation.http.assets import install_assets
from bindeledd.foundation.http.describing import complete
from bindeledd.foundation.logs import start_logging
from bindeledd.foundation.texts import be_strict, set_site_language
from bindeledd.plugin.loading import Gathered, gather
from bindeledd.plugin.rows import pack_cover
from bindeledd.settings import Settings, open_site
from bindeledd.watching import STALE_AFTER, watch
from bindeledd.web.shell import FOR_TEAMS, PATHS, install_shell

_LOOK_EVERY = 10.0
_API = "/api/v1"


class Documented(flask_smorest.Api):  # type: ignore[misc]
    """The API's description; refusals are answered by the edge."""

    def _register_error_handlers(self) -> None:
        return


def api_blueprints(gathered: Gathered, settings: Settings) -> Iterable[flask_smorest.Blueprint]:
    """Every JSON door, in the order in which the description shows them."""
    yield from intake.create_blueprints(Rules.said(settings, gathered.book, gathered.foreign))
    yield patients.bp
    yield casefile.create_people(gathered.book)
    yield relatives.create_blueprint(gathered.book)
    told = casefile.receivers_by(gathered.book), casefile.at_once_by(gathered.book)
    yield cases.create_blueprint(gathered.book, *told)
    yield contacts.bp
    yield appointments.create_blueprint(gathered.book)
    yield documents.create_blueprint(gathered.book, outside.called)
    for other in (plans, handovers):
        yield other.create_blueprint(gathered.book)
    yield casefile.create_blueprint(gathered.book)
    yield worklist.bp
    yield worklist.create_duty(gathered.book, longest_on_call=settings.on_call_longest)
    yield epj.create_blueprint(gathered.book)
    yield restricted.bp
    yield rollcall.bp
    yield access_views.bp


def page_blueprints(gathered: Gathered, settings: Settings, told: Given) -> Iterable[Blueprint]:
    """Every page of the features."""
    yield worklist_pages(gathered.book, longest_on_call=settings.on_call_longest)
    yield casefile_pages(gathered.book)
    yield intake_pages(Rules.said(settings, gathered.book, gathered.foreign))
    yield reminders_pages(gathered.book)
    yield rollcall_pages.bp
    yield morning_pages(gathered.book)
    yield administration_pages(gathered.book, told)
    yield takeover_pages(gathered.book)
    yield discharges_pages.bp
    yield outside_pages.bp
    yield epj_pages(gathered.book)
    yield signing_pages(gathered.book)
    yield staff_pages()
    yield restricted_pages.bp
    frames = [one for plugin in gathered.plugins for one in pack_cover(plugin).frames]
    yield pathways_pages(gathered.book, frames)
    if gathered.reports:
        yield reports_pages(gathered.reports)


def create_app(
    settings: Settings, *, database: Database | None = None, gathered: Gathered | None = None
) -> Flask:
    """The app of this installation. `database` and `gathered` are opened here where not given.

    Raises `Misconfigured` where the settings do not say what the installation is for.
    """
    if not settings.environment:
        raise Misconfigured(
            "installation.for_what",
            where=settings.place("[site] environment"),
        )
    database = open_site(settings) if database is None else database
    if gathered is None:
        gathered = gather(settings.plugins, folders=settings.pathways, lock=settings.plugins_lock)
    gathered = _remembering(gathered, database)
    doors = _doors(settings)
    app = _bare(settings)
    edge.install(
        app,
        database,
        resolver(doors),
        log_in="access_pages.log_in",
        secure=settings.secure,
        large=frozenset({"intake.take_in"}),
    )
    install_shell(app, environment=settings.environment, stale=_sweeps(app), waiting=_inbox(app))
    watching = watch(
        database,
        settings.environment,
        stuck_after=settings.alerts.stuck_after,
        token=settings.metrics_token,
    )
    app.register_blueprint(watching)
    app.register_blueprint(access_pages(doors))
    for blueprint in page_blueprints(gathered, settings, given(settings, database, gathered)):
        app.register_blueprint(blueprint)
    secrets = _callback_secrets(gathered, settings)
    if secrets:
        app.register_blueprint(reminders_views.callbacks(secrets))
    _describe(app, gathered, settings)
    _front_door(app)
    return app


def _remembering(gathered: Gathered, database: Database) -> Gathered:
    """With what packs that are gone called things here."""
    with database.transaction() as session:
        return replace(gathered, book=replace(gathered.book, past=remembered(session)))


def _callback_secrets(gathered: Gathered, settings: Settings) -> dict[str, str]:
    """The secret part of the callback address of each plugin's channel that has one."""
    return {
        channel.key: settings.of_plugin(one.plugin.name).callback
        for one in gathered.hosted
        for channel in one.channels
        if settings.of_plugin(one.plugin.name).callback
    }


def _bare(settings: Settings) -> Flask:
    start_logging()
    be_strict(not settings.is_production)
    set_site_language(settings.language)
    web = files("bindeledd.web")
    app = Flask(
        "bindeledd",
        template_folder=str(web / "templates"),
        static_folder=None,
    )
    install_assets(app, web / "static")
    app.json.sort_keys = False  # type: ignore[attr-defined]
    if settings.public_url:
        # One proxy in front: it says who the client is and by which name we were asked.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    return app


def _doors(settings: Settings) -> Doors:
    rules = SessionRules(
        idle=settings.session_idle,
        longest=settings.session_longest,
        touch_every=min(timedelta(minutes=1), settings.session_idle / 4),
    )
    return Doors(rules=rules, secure=settings.secure, demo=settings.environment == "demo")


def _describe(app: Flask, gathered: Gathered, settings: Settings) -> None:
    """The JSON doors, and their description for whoever asks for it."""
    doors = list(api_blueprints(gathered, settings))
    _open_doors(app.register_blueprint, doors)
    described = cache(lambda: _description(doors))
    app.add_url_rule(f"{_API}/openapi.json", "openapi", public(lambda: answer_json(described())))


def _open_doors(register: Callable[..., None], doors: Iterable[flask_smorest.Blueprint]) -> None:
    for one in doors:
        register(one, url_prefix=f"{_API}{one.url_prefix or ''}")


def _description(doors: Iterable[flask_smorest.Blueprint]) -> dict[str, Any]:
    """These doors in the notation of OpenAPI, from an app that answers nobody.

    It takes as long as half of a start, and few ask: so it is made when it is first asked for.
    """
    app = Flask("bindeledd")
    app.config.update(API_TITLE="Bindeledd", API_VERSION=__version__, OPENAPI_VERSION="3.1.0")
    api = Documented(app)
    api.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    api.spec.options["security"] = [{"token": []}]
    _open_doors(api.register_blueprint, doors)
    return complete(api.spec.to_dict(), app.url_map)


def _front_door(app: Flask) -> None:
    @app.get("/")
    def home() -> ResponseReturnValue:
        there = {rule.rule for rule in app.url_map.iter_rules()}
        works = (path for key, path in PATHS.items() if key not in FOR_TEAMS or _in_a_team())
        first = next((path for path in works if path in there), "/healthz")
        said = request.args.get("notice")
        return redirect(f"{first}?{urlencode({'notice': said})}" if said else first, 303)


def _in_a_team() -> bool:
    by = find_actor()
    return by is None or bool(by.teams)


def _inbox(app: Flask) -> Callable[[], int]:
    """What waits in the inbox of whoever asks: one question before a page is made, nothing of a
    patient, in the session that the page goes on in."""

    @app.before_request
    def _count() -> None:
        by = g.get("actor")
        if by is not None and by.id is not None and not request.path.startswith("/api/"):
            g.waiting = reminders.waiting(open_early(), by.id, now(), by=by)

    return lambda: int(g.get("waiting", 0))


def _sweeps(app: Flask) -> Callable[[], bool]:
    """Whether sweeps have stopped: asked at most every ten seconds, before a page is made."""
    known = {"stale": False, "at": float("-inf")}

    @app.before_request
    def _look() -> None:
        if g.get("actor") is not None and time.monotonic() - known["at"] > _LOOK_EVERY:
            known["stale"] = reminders.stale(open_early(), now(), STALE_AFTER)
            known["at"] = time.monotonic()

    return lambda: bool(known["stale"])
