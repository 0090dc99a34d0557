"""Log in, choose a password, log out; and who it is that asks (`resolver`)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bindeledd.features.access import queries, service
from bindeledd.features.access.domain import (
    DEMO_PASSWORD,
    Account,
    PasswordsDiffer,
    SessionRules,
    WaitFirst,
    WrongLogin,
)
from bindeledd.features.staff import service as staff
from bindeledd.features.staff.domain import Actor, LanguageUnknown
from bindeledd.foundation.errors import Refusal
from bindeledd.foundation.http import (
    current_actor,
    find_actor,
    go_to,
    now,
    public,
    request_id,
    transaction,
)
from bindeledd.foundation.http.asking import is_pressed
from bindeledd.foundation.http.forms import AGAIN
from bindeledd.foundation.texts import LANGUAGES, refusal_text, site_language, t, texts

# Before the names of the fields of another form, where the log-in page carries them.
_KEPT = "kept."
# Whose they are: the mark of the session that ended under them.
_OF = "kept_of"


@dataclass(frozen=True, kw_only=True)
class Doors:
    """How people come in: how long a session lasts, whether cookies are Secure, demo or not."""

    rules: SessionRules
    secure: bool
    demo: bool = False

    @property
    def cookie(self) -> str:
        return "__Host-bindeledd" if self.secure else "bindeledd"


def resolver(doors: Doors) -> Callable[[Session, datetime], Actor | None]:
    """Who asks: by token where one is sent, else by the cookie. One statement either way."""

    def resolve(session: Session, at: datetime) -> Actor | None:
        given = request.headers.get("Authorization")
        if given is not None:
            kind, _, secret = given.partition(" ")
            if kind.lower() != "bearer" or not secret:
                return None
            return service.actor_of_token(session, secret.strip(), at=at, request_id=request_id())
        secret, awake = request.cookies.get(doors.cookie, ""), is_pressed()
        if not secret:
            return None
        return service.actor_of_session(
            session, secret, at=at, rules=doors.rules, request_id=request_id(), awake=awake
        )

    return resolve


def pages(doors: Doors) -> Blueprint:
    """The pages of the door."""
    bp = Blueprint("access_pages", __name__, template_folder="templates")
    _coming_in(bp, doors)
    _password(bp)
    _language(bp)
    _going_out(bp, doors)
    return bp


def _coming_in(bp: Blueprint, doors: Doors) -> None:
    @bp.get("/log-in")
    @public
    def log_in() -> ResponseReturnValue:
        if find_actor() is not None:
            return redirect(_inside(request.args.get("next")), 303)
        return _log_in_page(doors)

    @bp.post("/log-in/again")
    @public
    def log_in_again() -> ResponseReturnValue:
        """The session ended under a form: whoever it was logs in, and what they typed is there.

        It stands in the page only, as hidden fields: it is neither stored nor in an address.
        Where nobody can tell whose session it was, it is not carried on.
        """
        with transaction() as session:
            mark = service.find_mark(session, request.cookies.get(doors.cookie, ""))
        typed = list(request.form.items(multi=True)) if mark else []
        return _log_in_page(doors, kept=typed, mark=mark)

    @bp.post("/log-in")
    @public
    def try_log_in() -> ResponseReturnValue:
        account = _account()
        if account.wait:
            return _log_in_page(doors, WaitFirst(), seconds=_seconds(account))
        password = request.form.get("password", "")
        if not service.password_fits(account, password):
            return _log_in_page(doors, WrongLogin())
        with transaction() as session:
            service.take_back(session, account, address=_address(), at=now())
            own = service.is_marked(session, account, request.form.get(_OF, ""))
            secret = service.open_session(session, account, at=now(), request_id=request_id())
        return _let_in(doors, secret, _onward(account, own=own))


def _password(bp: Blueprint) -> None:
    @bp.get("/choose-password")
    @public
    def choose_password() -> ResponseReturnValue:
        return _choose_page()

    @bp.post("/choose-password")
    @public
    def try_choose_password() -> ResponseReturnValue:
        account = _account()
        if account.wait:
            return _choose_page(WaitFirst(), seconds=_seconds(account))
        if not service.code_fits(account, request.form.get("code", ""), now()):
            return _choose_page(WrongLogin())
        with transaction() as session:
            service.take_back(session, account, address=_address(), at=now())
        try:
            chosen = _chosen(account)
        except Refusal as refused:
            return _choose_page(refused)
        with transaction() as session:
            service.choose_password(session, account, chosen, at=now(), request_id=request_id())
        return go_to("access_pages.log_in", notice="web.notices.password_chosen")


def _language(bp: Blueprint) -> None:
    @bp.get("/language")
    def language() -> ResponseReturnValue:
        return _language_page(current_actor().language or "")

    @bp.post("/language")
    def choose_language() -> ResponseReturnValue:
        by, chosen = current_actor(), request.form.get("language", "")
        try:
            with transaction() as session:
                if by.id is not None:
                    staff.choose_language(session, by.id, chosen or None, by=by, at=now())
        except LanguageUnknown as refused:
            return _language_page(by.language or "", refusal_text(refused.code)), refused.status
        return go_to("access_pages.language", notice="access.notices.language")


def _going_out(bp: Blueprint, doors: Doors) -> None:
    @bp.post("/log-out")
    def log_out() -> ResponseReturnValue:
        secret = request.cookies.get(doors.cookie, "")
        with transaction() as session:
            service.end_session(session, secret, by=current_actor(), at=now())
        made = go_to("access_pages.log_in", notice="web.notices.logged_out")
        made.delete_cookie(
            doors.cookie, path="/", secure=doors.secure, httponly=True, samesite="Strict"
        )
        made.headers["Clear-Site-Data"] = '"cache", "storage"'
        return made


def _account() -> Account:
    """The account of the form, with this try counted before it is looked at."""
    login = request.form.get("login", "")
    with transaction() as session:
        return service.try_account(session, login, address=_address(), at=now())


def _address() -> str:
    return request.remote_addr or "-"


def _seconds(account: Account) -> int:
    return int(account.wait.total_seconds()) + 1


def _chosen(account: Account) -> str:
    password = request.form.get("password", "")
    if password != request.form.get("again", ""):
        raise PasswordsDiffer()
    return service.hash_password(password, login=account.login, name=account.name)


def _inside(path: str | None) -> str:
    """A path of our own, or the first page: nobody is sent on to another site."""
    plain = path is not None and path.isprintable() and "\\" not in path
    return path if path and plain and path.startswith("/") and path[1:2] != "/" else "/"


def _kept() -> list[tuple[str, str]]:
    """What was typed in the form under which the session ended."""
    every = request.form.items(multi=True)
    return [(name.removeprefix(_KEPT), text) for name, text in every if name.startswith(_KEPT)]


def _onward(account: Account, *, own: bool) -> ResponseReturnValue:
    """On to where they were going; to what they typed there; not to what somebody else typed."""
    path, kept = _inside(request.args.get("next")), _kept()
    if not kept:
        return redirect(path, 303)
    if not own:
        return redirect("/?notice=access.notices.of_another", 303)
    return _back_to_form(account, path, kept)


def _back_to_form(account: Account, path: str, kept: Sequence[tuple[str, str]]) -> str:
    """The way back to the form: nothing of it is done before a person has looked at it again."""
    return render_template(
        "access/go_on.html", name=account.name, path=path, kept=kept, again=AGAIN
    )


def _let_in(doors: Doors, secret: str, answer: ResponseReturnValue) -> Response:
    made = make_response(answer)
    made.set_cookie(
        doors.cookie, secret, path="/", secure=doors.secure, httponly=True, samesite="Strict"
    )
    return made


def _log_in_page(
    doors: Doors,
    refused: Refusal | None = None,
    *,
    seconds: int = 0,
    kept: Sequence[tuple[str, str]] | None = None,
    mark: str = "",
) -> ResponseReturnValue:
    again = kept is not None
    typed = _kept() if kept is None else kept
    names: list[tuple[str, str, str]] = []
    if doors.demo:
        with transaction() as session:
            names = queries.demo_logins(session)
    page = render_template(
        "access/log_in.html",
        action=url_for("access_pages.try_log_in", **_carried()),
        languages=[] if again or typed else _languages("access_pages.log_in"),
        login="" if again else request.form.get("login", ""),
        error=_words(refused, seconds),
        again=again,
        kept=[(f"{_KEPT}{name}", text) for name, text in typed],
        of=(_OF, mark or request.form.get(_OF, "")),
        names=names,
        demo_password=DEMO_PASSWORD,
    )
    return page, 401 if again else refused.status if refused else 200


def _choose_page(refused: Refusal | None = None, *, seconds: int = 0) -> ResponseReturnValue:
    page = render_template(
        "access/choose_password.html",
        login=request.form.get("login", ""),
        code=request.form.get("code", ""),
        action=url_for("access_pages.try_choose_password", **_carried()),
        languages=_languages("access_pages.choose_password"),
        error=_words(refused, seconds, wrong="access.choose_password.wrong"),
    )
    return page, refused.status if refused else 200


def _carried() -> dict[str, Any]:
    return {name: request.args.get(name) for name in ("next", "language")}


def _languages(endpoint: str) -> list[tuple[str, str, str]]:
    """The same page in each other language: code, its own name, address."""
    others = [one for one in LANGUAGES if one != texts().language]
    at = [url_for(endpoint, **_carried() | {"language": one}) for one in others]
    return [(one, LANGUAGES[one], where) for one, where in zip(others, at, strict=True)]


def _language_page(chosen: str, error: str = "") -> str:
    site = t("access.language.of_site", name=LANGUAGES[site_language()])
    choices = [("", site), *LANGUAGES.items()]
    return render_template("access/language.html", choices=choices, chosen=chosen, error=error)


def _words(refused: Refusal | None, seconds: int, *, wrong: str = "") -> str:
    if refused is None:
        return ""
    said = t(wrong) if wrong and isinstance(refused, WrongLogin) else refusal_text(refused.code)
    return f"{said} {t('access.wait.seconds', count=seconds)}" if seconds else said
