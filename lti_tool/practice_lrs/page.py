"""The page that shows what has arrived."""

import json
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, abort, render_template, request

from lti_tool.practice_lrs.sentences import actor_name, last_part, sentence
from lti_tool.receiver import StatementFilter, StatementStore, agent_key
from lti_tool.receiver.store import StoredStatement

PAGE_SIZE = 20
MOST_ACTORS = 200


def bp_of_page(store: StatementStore, endpoint: str, username: str) -> Blueprint:
    """A blueprint with the list at `/`, filtered by verb and actor, and each statement's page."""
    bp = Blueprint("page", __name__, template_folder="templates", static_folder="static")

    @bp.context_processor
    def where_to_send() -> dict[str, str]:
        return {"endpoint": endpoint, "username": username}

    @bp.get("/")
    def arrived() -> str:
        chosen = {name: value for name in ("verb", "actor") if (value := request.args.get(name))}
        wanted = StatementFilter(
            verb=chosen.get("verb"),
            actor=chosen.get("actor"),
            limit=PAGE_SIZE,
            after=_place(request.args.get("after")),
            follow_references=False,
        )
        page = store.query(wanted)
        older = {**chosen, "after": page.next_after}
        return render_template(
            "practice_lrs/arrived.html",
            statements=[_shown(item) for item in page.statements],
            found=store.count(wanted),
            total=store.count(),
            chosen=chosen,
            verbs=[(verb, last_part(verb)) for verb in store.verbs()],
            actors=_actors(store),
            newest_link=f"?{urlencode(chosen)}" if wanted.after is not None else None,
            older_link=f"?{urlencode(older)}" if page.next_after is not None else None,
        )

    @bp.get("/statements/<uuid:statement_id>")
    def statement(statement_id: UUID) -> tuple[str, int]:
        current = store.get(statement_id)
        found = current or store.get(statement_id, voided=True)
        page = render_template(
            "practice_lrs/statement.html",
            statement_id=statement_id,
            item=_shown(found) if found else None,
            voided=current is None,
        )
        return page, 200 if found else 404

    return bp


def _place(value: str | None) -> int | None:
    if not value:
        return None
    if not (value.isascii() and value.isdigit() and len(value) <= 15):
        abort(400, "The address is not one of this page. Open the page without what follows '?'.")
    return int(value)


def _shown(item: StoredStatement) -> dict[str, Any]:
    statement = json.loads(item.document)
    return {
        "id": statement["id"],
        "sentence": sentence(statement),
        "verb_id": statement["verb"]["id"],
        "actor_key": agent_key(statement["actor"]),
        "stored_at": item.stored_at,
        "stored": f"{item.stored_at:%a} {item.stored_at.day} {item.stored_at:%B %Y, %H:%M:%S} UTC",
        "json": json.dumps(statement, indent=2, ensure_ascii=False),
    }


def _actors(store: StatementStore) -> list[tuple[str, str]]:
    """Keys and names of the actors that were heard of last, by name."""
    newest = store.newest_by_actor(MOST_ACTORS)
    named = [(key, actor_name(json.loads(item.document)["actor"])) for key, item in newest]
    return sorted(named, key=lambda pair: pair[1].casefold())
