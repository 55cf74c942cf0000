"""The resources `statements` and `about` over HTTP (xAPI-Communication 2.1, 2.8)."""

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, g, request
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.http import http_date

from lti_tool.receiver.credentials import Authenticate
from lti_tool.receiver.filters import PARAMETERS, BadParameter, parse_filter, uuid_parameter
from lti_tool.receiver.store import StatementConflict, StatementPage, StatementStore
from lti_tool.receiver.submission import BadSubmission, read_statements

log = logging.getLogger(__name__)

MAX_BODY_BYTES = 8 * 1024 * 1024

LATEST = {"1": "1.0.3", "2": "2.0.0"}
_VERSION = re.compile(r"([12])\.0(?:\.\d+)?", re.ASCII)
# A statement says 1.0.0 under every 1.0.x (xAPI-Data 2.4.10).
_STATEMENT_VERSION = {"1.0.3": "1.0.0", "2.0.0": "2.0.0"}

_BUSY_RETRY_SECONDS = 10
_EVERY_METHOD = ["GET", "POST", "PUT", "DELETE", "PATCH"]


class _Refused(Exception):
    """An answer that is an error: a status and one sentence for the other side's log."""

    def __init__(self, status: int, reason: str, **headers: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def statement_receiver(
    store: StatementStore,
    authenticate: Authenticate,
    *,
    max_body_bytes: int = MAX_BODY_BYTES,
    name: str = "xapi",
) -> Blueprint:
    """A blueprint with the resources `/statements` and `/about`.

    As strict as the strictest store known: a batch is stored whole or not at all, and an id that
    is already stored is a conflict (409) even for an equal statement. Every error is JSON with
    the one property `error`. A database that cannot be reached is 503 with Retry-After.
    """
    bp = Blueprint(name, __name__)

    @bp.before_request
    def prepare() -> None:
        g.xapi_received_at = datetime.now(UTC)
        g.xapi_version = LATEST["1"]
        request.max_content_length = max_body_bytes

    @bp.after_request
    def add_headers(response: Response) -> Response:
        response.headers["X-Experience-API-Version"] = g.xapi_version
        # Everything stored before the request arrived is found by it: writes become visible in
        # the order of their stored instants.
        response.headers["X-Experience-API-Consistent-Through"] = _timestamp(g.xapi_received_at)
        response.headers["Cache-Control"] = "no-store"
        return response

    @bp.get("/about")
    def about() -> Response:
        _known_version()  # answered whatever it says (2.8)
        return _json(200, {"version": list(LATEST.values())})

    @bp.get("/statements")
    def read() -> Response:
        _authority(authenticate)
        _require_version()
        parameters = _parameters(PARAMETERS | {"statementId", "voidedStatementId"})
        if parameters.keys() & {"statementId", "voidedStatementId"}:
            return _one_statement(store, parameters)
        wanted = parse_filter(parameters)
        return _page(store.query(wanted), parameters)

    @bp.post("/statements")
    def add() -> Response:
        authority = _authority(authenticate)
        _require_version()
        _parameters(frozenset())
        statements = read_statements(_body(), g.xapi_version)
        ids = store.add(statements, authority, _STATEMENT_VERSION[g.xapi_version])
        return _json(200, ids)

    @bp.put("/statements")
    def put() -> Response:
        authority = _authority(authenticate)
        _require_version()
        statement_id = uuid_parameter(_parameters(frozenset({"statementId"})), "statementId")
        if statement_id is None:
            raise _Refused(400, "PUT needs the parameter statementId.")
        [statement] = read_statements(_body(), g.xapi_version, single=True)
        if statement.setdefault("id", str(statement_id)).lower() != str(statement_id):
            raise _Refused(400, "statementId and the statement's own id differ.")
        store.add([statement], authority, _STATEMENT_VERSION[g.xapi_version])
        return Response(status=204)

    @bp.route("/statements", methods=["DELETE", "PATCH"])
    @bp.route("/about", methods=["POST", "PUT", "DELETE", "PATCH"])
    def no_such_method() -> Response:
        allowed = "GET, HEAD, POST, PUT" if request.path.endswith("/statements") else "GET, HEAD"
        raise _Refused(405, f"{request.method} is not possible here.", Allow=allowed)

    @bp.route("/<path:resource>", methods=_EVERY_METHOD)
    def no_such_resource(resource: str) -> Response:
        _require_version()
        raise _Refused(404, "There are only the resources statements and about here.")

    _add_error_handlers(bp, max_body_bytes)
    return bp


def _add_error_handlers(bp: Blueprint, max_body_bytes: int) -> None:
    @bp.errorhandler(_Refused)
    def refused(error: _Refused) -> Response:
        response = _json(error.status, {"error": error.reason})
        response.headers.update(error.headers)
        return response

    @bp.errorhandler(BadSubmission)
    @bp.errorhandler(BadParameter)
    def bad_request(error: ValueError) -> Response:
        return _json(400, {"error": str(error)})

    @bp.errorhandler(StatementConflict)
    def conflict(error: StatementConflict) -> Response:
        return _json(409, {"error": f"{error}."})

    @bp.errorhandler(RequestEntityTooLarge)
    def too_large(error: RequestEntityTooLarge) -> Response:
        return _json(
            413, {"error": f"The body has more than {max_body_bytes} bytes; send fewer statements."}
        )

    @bp.errorhandler(HTTPException)
    def other(error: HTTPException) -> Response:
        return _json(error.code or 400, {"error": error.description or error.name})

    @bp.errorhandler(DBAPIError)
    def database_away(error: DBAPIError) -> Response:
        log.error("statement store: %s", error.orig)
        response = _json(503, {"error": "The store cannot be reached; nothing was stored."})
        response.headers["Retry-After"] = str(_BUSY_RETRY_SECONDS)
        return response


def _authority(authenticate: Authenticate) -> dict[str, Any]:
    given = request.authorization
    if given and given.type == "basic":
        authority = authenticate(given.username or "", given.password or "")
        if authority:
            return authority
    raise _Refused(
        401,
        "Basic credentials are missing or not known here.",
        WWW_Authenticate='Basic realm="xAPI", charset="UTF-8"',
    )


def _known_version() -> bool:
    match = _VERSION.fullmatch(request.headers.get("X-Experience-API-Version", "").strip())
    if match:
        g.xapi_version = LATEST[match[1]]
    return match is not None


def _require_version() -> None:
    """Refuse a missing or unknown version; afterwards the answer speaks the asked one (3.3)."""
    if not _known_version():
        given = request.headers.get("X-Experience-API-Version")
        what = f"{given[:20]!r} is not offered" if given else "The header is missing"
        raise _Refused(400, f"X-Experience-API-Version: {what}; send 1.0.x or 2.0.x.")


def _parameters(allowed: frozenset[str]) -> dict[str, str]:
    """The query parameters, each known and given once (3.2)."""
    for name, values in request.args.lists():
        if name not in allowed:
            raise _Refused(400, f"The parameter {name[:60]!r} is not known here.")
        if len(values) > 1:
            raise _Refused(400, f"The parameter {name!r} is given more than once.")
    return request.args.to_dict()


def _body() -> bytes:
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if request.mimetype != "application/json" or charset not in ("utf-8", "utf8"):
        raise _Refused(
            400,
            f"The content type is {request.content_type!r}; send application/json in UTF-8. "
            "Attachments (multipart/mixed) are not taken.",
        )
    return request.get_data(cache=False)


def _one_statement(store: StatementStore, parameters: dict[str, str]) -> Response:
    others = parameters.keys() - {"statementId", "voidedStatementId", "format", "attachments"}
    if len(parameters.keys() & {"statementId", "voidedStatementId"}) == 2 or others:
        raise _Refused(
            400, "statementId or voidedStatementId stands alone, with format or attachments."
        )
    parse_filter({name: parameters[name] for name in parameters.keys() & PARAMETERS})
    voided = "voidedStatementId" in parameters
    statement_id = uuid_parameter(parameters, "voidedStatementId" if voided else "statementId")
    found = store.get(statement_id, voided=voided) if statement_id else None
    if found is None:
        kind = "voided statement" if voided else "statement"
        raise _Refused(404, f"There is no {kind} with this id.")
    response = Response(found.document, mimetype="application/json")
    response.headers["Last-Modified"] = http_date(found.stored_at)
    return response


def _page(page: StatementPage, parameters: dict[str, str]) -> Response:
    """A StatementResult (xAPI-Data 2.5); the documents are joined as they were stored."""
    more = ""
    if page.next_after is not None:
        query = urlencode({**parameters, "after": page.next_after})
        more = f"{request.script_root}{request.path}?{query}"
    documents = ",".join(item.document for item in page.statements)
    response = Response(
        f'{{"statements":[{documents}],"more":{json.dumps(more)}}}', mimetype="application/json"
    )
    if page.statements:
        newest = max(item.stored_at for item in page.statements)
        response.headers["Last-Modified"] = http_date(newest)
    return response


def _json(status: int, value: Any) -> Response:
    return Response(json.dumps(value), status=status, mimetype="application/json")


def _timestamp(instant: datetime) -> str:
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")
