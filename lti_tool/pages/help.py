"""Help: how a cohort works, what is ignored and why. Open to everybody, no launch needed."""

from flask import Blueprint, render_template

bp = Blueprint("help", __name__)


@bp.get("/help")
def page() -> str:
    """The one help page."""
    return render_template("help.html")
