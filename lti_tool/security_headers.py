"""Headers of every response: what may be loaded, who may frame us, nothing cached."""

from flask import Flask, Response, g, request

PERMANENT_POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'"


def allow_framing_by(*origins: str) -> None:
    """Let these origins frame the page that answers this request: the launching platform's."""
    g.frame_ancestors = origins


def allow_form_action(*origins: str) -> None:
    """Let forms of this page be sent to these origins too, as deep linking needs."""
    g.form_actions = origins


def init_app(app: Flask) -> None:
    """Add the headers to every response, error pages included."""

    @app.after_request
    def _headers(response: Response) -> Response:
        if request.endpoint == "static":
            response.headers["X-Content-Type-Options"] = "nosniff"
            return response
        ancestors = " ".join(g.get("frame_ancestors", ())) or "'self'"
        actions = " ".join(("'self'", *g.get("form_actions", ())))
        response.headers["Content-Security-Policy"] = (
            f"{PERMANENT_POLICY}; form-action {actions}; frame-ancestors {ancestors}"
        )
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        if request.is_secure:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        return response
