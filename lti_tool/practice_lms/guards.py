"""What every answer and every form of the practice LMS is held to."""

from flask import Flask, Response, abort, g, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from lti_tool.practice_lms.lms import practice_lms
from lti_tool.practice_lms.settings import origin_of


def allow_peer(url: str) -> None:
    """Let the page of this request frame, and send a form to, the origin of `url`."""
    g.setdefault("peers", set()).add(origin_of(url))


def only_our_host() -> BaseResponse | None:
    """Send a page asked for under another name to the right one, and refuse anything else.

    Addresses and origins are compared exactly, and a foreign name that points at this machine
    (DNS rebinding) must not reach it.
    """
    url = practice_lms().settings.url
    if origin_of(request.host_url) == origin_of(url) or request.path == "/healthz":
        return None
    if request.method != "GET":
        abort(403, f"This practice LMS is at {url}.")
    return redirect(url + request.full_path.rstrip("?"), 307)


def only_our_forms() -> None:
    """Refuse a state-changing request that did not start on a page of this LMS.

    A script sends the header `Origin` with the address of the practice LMS.
    """
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    ours = origin_of(practice_lms().settings.url)
    if origin_of(request.headers.get("Origin") or request.headers.get("Referer", "")) != ours:
        abort(403, "This form was not sent from a page of this practice LMS.")


def add_headers(response: Response) -> Response:
    """The headers of every answer; pages may frame and post to the tool, nobody frames them."""
    peers = {origin_of(practice_lms().settings.tool_url), *g.get("peers", set())} - {""}
    allowed = " ".join(["'self'", *sorted(peers)])
    response.headers["Content-Security-Policy"] = (
        f"default-src 'self'; frame-src {allowed}; form-action {allowed}; "
        "frame-ancestors 'self'; object-src 'none'; base-uri 'none'"
    )
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response.headers["X-Content-Type-Options"] = "nosniff"
    # Not no-referrer: browsers would send "Origin: null" with our own forms.
    response.headers["Referrer-Policy"] = "same-origin"
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response


def guard(app: Flask) -> None:
    """Put the guards of every request in place."""
    app.before_request(only_our_host)
    app.after_request(add_headers)
