"""What every page needs: forms bound to the launch session, one commit, the page's frame."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, TypeVar

from flask import Flask, current_app, g, redirect, request, url_for
from sqlalchemy.exc import IntegrityError
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response
from wtforms import Form, FormField
from wtforms.csrf.core import CSRF

from cohorts.refusals import NotAllowed, Refused, Stale
from lti_tool import access
from lti_tool.database import db
from lti_tool.delivery import wake
from lti_tool.errors import Refusal
from lti_tool.launch.lms import frame_origins
from lti_tool.launch.session import csrf_token
from lti_tool.pages.words import long_date, moment

Result = TypeVar("Result")

MOST_COLLISIONS = 3
LONGEST_FIELD_NAME = 100
ROLE_WORDS = {"learner": "Learner", "coach": "Coach", "owner": "Program owner"}
NAVIGATION = {
    "learner": [("Home", "home.page"), ("Check-in", "check_in.page")],
    "coach": [
        ("Queue", "coach.queue"),
        ("Learners", "coach.roster"),
        ("Milestones", "coach.proposals"),
    ],
    "owner": [
        ("Overview", "owner.overview"),
        ("Queue", "coach.queue"),
        ("Learners", "coach.roster"),
        ("Milestones", "coach.proposals"),
        ("People", "owner.people"),
        ("Deliveries", "deliveries.page"),
    ],
}
# What a page says after something was done. The address carries only the key: a notice in a cookie
# would be lost in a frame, and words in an address could be anybody's.
NOTICES = {
    "welcome": "Welcome. Here is where you stand and what counts next.",
    "saved": "Saved.",
    "task-map-sent": "Your task map is with your coach.",
    "attested": "Confirmed. You have read the current red lines.",
    "submitted": "Submitted. Your coach answers within three working days.",
    "shipped": "Shipped. Your check-in opens on its day.",
    "run": "Timed run saved.",
    "checked-in": "Check-in saved. You can still change it.",
    "prompt": "The prompt is in the library.",
    "standard": "Published as a standard.",
    "retired": "Retired. Its history stays.",
    "reviewed": "Your decision is with the learner.",
    "task-map-answered": "Your answer is with the learner.",
    "verified": "This week's use is confirmed by you.",
    "waived": "The baseline is waived.",
    "confirmed": "Confirmed. The score is on its way to the gradebook.",
    "deferred": "The learner sees your reason.",
    "opened": "The cohort is open. Learners join by opening the activity.",
    "people": "Saved.",
    "retried": "Sent on its way again.",
}


class _LaunchToken(CSRF):
    """The session's own form token. `access.init_app` checks it before any page runs."""

    def setup_form(self, form: Any) -> Any:
        return super().setup_form(form)

    def generate_csrf_token(self, csrf_token_field: Any) -> str:
        return csrf_token()

    def validate_csrf_token(self, form: Any, field: Any) -> None:
        return None


class LaunchForm(Form):
    """A form of a launched page. Problems of a use case land at its fields with `show`."""

    class Meta:
        csrf = True
        csrf_class = _LaunchToken

    def __init__(self, formdata: MultiDict[str, str] | None = None, **arguments: Any) -> None:
        super().__init__(_cleaned(formdata), **arguments)

    def show(self, refused: Refused) -> None:
        """Put each problem at its field; what no field is named for goes to the top."""
        messages: dict[str, list[str]] = defaultdict(list)
        for problem in refused.problems:
            messages[problem.field].append(problem.message)
        fields = {field.name: field for field in _all_fields(self)}
        for name, about in messages.items():
            if name in fields:
                # One text: a field shows its last message only.
                fields[name].errors = [*fields[name].errors, " ".join(about)]
            else:
                self.form_errors.extend(about)


def _cleaned(sent: MultiDict[str, str] | None) -> MultiDict[str, str] | None:
    """The form as sent, without what no person enters.

    NUL goes: PostgreSQL stores no such text. Text of blanks and invisible marks only is no text.
    A name that no field of ours can have goes too: WTForms reads digits of any script and any
    number of them as the number of a row, and stumbles.

    None where nothing was sent: WTForms takes an empty form for one whose boxes are all unticked.
    """
    if not sent:
        return None
    return MultiDict(
        [
            (name, value.replace("\0", "") if _is_visible(value) else "")
            for name, value in sent.items(multi=True)
            if name.isascii() and len(name) <= LONGEST_FIELD_NAME
        ]
    )


def _is_visible(text: str) -> bool:
    return any(character.isprintable() and not character.isspace() for character in text)


def texts(values: dict[str, Any]) -> dict[str, Any]:
    """What a nested form was sent, a field that did not come at all being empty."""
    return {name: value or "" for name, value in values.items()}


def _all_fields(form: Any) -> Iterator[Any]:
    for field in form:
        for inner in getattr(field, "entries", [field]):
            if isinstance(inner, FormField):
                yield from _all_fields(inner.form)
            else:
                yield inner
        yield field


def now() -> datetime:
    """The cohort's clock."""
    instant: datetime = current_app.config["NOW"]()
    return instant


def save(action: Callable[[], Result], stale_is_mine: bool = False) -> Result:
    """Run a use case, commit once, and wake the delivery.

    Somebody else's change in between gives the page P-409, or Stale where the caller shows it.

    When the same fact arrived twice at the same instant, the next run finds the row of the
    first. A use case that is refused has changed nothing.
    """
    try:
        result = _committed(action)
    except NotAllowed as error:
        db.session.rollback()
        raise Refusal(error.code) from error
    except Stale as error:
        db.session.rollback()
        if stale_is_mine:
            raise
        raise Refusal("P-409") from error
    except Refused:
        db.session.rollback()
        raise
    wake()
    return result


def _committed(action: Callable[[], Result]) -> Result:
    for _ in range(MOST_COLLISIONS):
        try:
            result = action()
            db.session.commit()
            return result
        except IntegrityError:
            db.session.rollback()
    raise Refusal("P-503", "rows collided again and again")


def done(notice: str, endpoint: str, **values: Any) -> Response:
    """Go on to the next page and say there what was done; `notice` is a key of NOTICES."""
    return redirect(url_for(endpoint, **values, done=notice), code=303)


def init_app(app: Flask) -> None:
    """Give every template the frame of the page, and the date words."""
    app.jinja_env.filters["long_date"] = long_date
    app.jinja_env.filters["moment"] = moment
    app.jinja_env.globals["csrf_token"] = csrf_token

    @app.context_processor
    def _frame() -> dict[str, Any]:
        current = g.get("launch")
        if current is None:
            return {}
        text = NOTICES.get(request.args.get("done", ""))
        return {
            "lang": "en",
            "notice": {"text": text} if text else None,
            "page": _page(current),
        }


def _page(current: Any) -> dict[str, Any]:
    visitor = access.me()
    role = visitor.role if visitor else ""
    here = g.get("navigation", "")
    origins = frame_origins(
        current.platform.issuer, current.platform.authorization_endpoint, current.return_url
    )
    return {
        "cohort_name": visitor.cohort.name if visitor else current.context.title,
        "person_name": current.lti_user.person.display_name,
        "role_word": ROLE_WORDS.get(role, ""),
        "nav": [
            (label, url_for(endpoint), endpoint == here)
            for label, endpoint in NAVIGATION.get(role, [])
        ],
        "frame_origin": origins[0] if origins else None,
        "help_url": url_for("help.page"),
    }
