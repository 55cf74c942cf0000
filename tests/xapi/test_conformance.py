"""What is a valid statement, and which two statements are the same."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.peers.statements import HOME, a_statement
from xapi.conformance import MalformedJson, equivalent, parse_json, problems

VOIDED = "http://adlnet.gov/expapi/verbs/voided"
REF = {"objectType": "StatementRef", "id": "8f87ccde-bb56-4c2e-ab83-44982ef22df0"}
AGENT = {"objectType": "Agent", "mbox": "mailto:person@example.org"}
ACTIVITY = {"id": f"{HOME}/workflow/w-9"}


def changed(*path: str, to: Any = None, without: bool = False) -> dict[str, Any]:
    """A valid statement with one place changed or removed."""
    statement: Any = copy.deepcopy(a_statement(result={"score": {}, "extensions": {}}))
    place = statement
    for name in path[:-1]:
        place = place.setdefault(name, {})
    if without:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    return statement


def refused(statement: Any, place: str) -> bool:
    return any(sentence.startswith(place) for sentence in problems(statement))


# Every row of the table "How strict" that is about a statement; True where the strict store
# accepts. The name of a row is the name of the test.
ROWS: dict[str, tuple[dict[str, Any], bool]] = {
    "missing actor": (changed("actor", without=True), False),
    "missing verb": (changed("verb", without=True), False),
    "missing object": (changed("object", without=True), False),
    "agent with 0 IFIs": (changed("actor", to={"name": "Somebody"}), False),
    "agent with 2 IFIs": (changed("actor", to={**AGENT, "openid": "https://p.example"}), False),
    "id not a UUID": (changed("id", to="1234"), False),
    "verb id not an IRI": (changed("verb", "id", to="shared"), False),
    "object id not an IRI": (changed("object", "id", to="workflow 9"), False),
    "timestamp garbage": (changed("timestamp", to="yesterday"), False),
    "bad duration": (changed("result", "duration", to="45 minutes"), False),
    "scaled 1.5": (changed("result", "score", "scaled", to=1.5), False),
    'success "false"': (changed("result", "success", to="false"), False),
    "extension key not IRI": (changed("result", "extensions", "count", to=4), False),
    "registration not a UUID": (changed("context", "registration", to="r-1"), False),
    "team an Agent": (changed("context", "team", to=AGENT), False),
    "unknown property": (changed("mood", to="good"), False),
    "null in result": (changed("result", "response", to=None), False),
    "platform with StatementRef object": (
        a_statement(object=REF, context={"platform": "Tool"}),
        False,
    ),
    "mbox without mailto": (changed("actor", to={"mbox": "person@example.org"}), False),
    "object is an Agent": (changed("object", to=AGENT), True),
    "UUIDv7 id": (changed("id", to="01890a5d-ac96-774b-bcce-b302099a8057"), True),
    "naive timestamp": (changed("timestamp", to="2026-11-09T10:00:00"), True),
    "raw > max": (changed("result", "score", to={"raw": 11, "max": 10}), True),
    "P2W": (changed("result", "duration", to="P2W"), True),
    "voiding an unknown id": (a_statement(verb={"id": VOIDED}, object=REF, context={}), True),
    "contextAgents under 1.0.3": (
        changed("context", "contextAgents", to=[{"objectType": "contextAgent", "agent": AGENT}]),
        True,
    ),
    "contextGroups under 1.0.3": (
        changed(
            "context",
            "contextGroups",
            to=[
                {
                    "objectType": "contextGroup",
                    "group": {"objectType": "Group", "member": [AGENT]},
                    "relevantTypes": ["https://example.org/types/reviewers"],
                }
            ],
        ),
        True,
    ),
}


@pytest.mark.parametrize("name", ROWS)
def test_row_of_how_strict(name: str) -> None:
    statement, accepted = ROWS[name]

    assert (problems(statement) == []) is accepted


def test_our_own_kind_of_statement_is_valid() -> None:
    assert problems(a_statement()) == []


def test_a_problem_names_place_value_and_section() -> None:
    assert problems(changed("result", "score", "scaled", to=1.5)) == [
        "$.result.score.scaled: 1.5 is not a number from -1 to 1 (xAPI-Data 2.4.5.1)"
    ]


def test_every_problem_is_told_at_once() -> None:
    found = problems({"actor": 1, "mood": "good"})

    assert len(found) == 4
    assert found[0] == "$: the property 'verb' is missing (xAPI-Data 2.4)"


@pytest.mark.parametrize("value", [None, 1, "text", [], [{}], True])
def test_what_is_no_object_is_no_statement(value: Any) -> None:
    assert problems(value)


REFUSED: list[tuple[dict[str, Any], str]] = [
    (changed("actor", to=None), "$.actor"),
    (changed("actor", to={"objectType": "agent", "openid": "https://p.example"}), "$.actor"),
    (changed("actor", to={**AGENT, "member": [AGENT]}), "$.actor.member"),
    (changed("actor", to={**AGENT, "name": 4}), "$.actor.name"),
    (changed("actor", to={"account": {"name": "p-1"}}), "$.actor.account"),
    (changed("actor", to={"account": {"homePage": "tool", "name": "p-1"}}), "$.actor.account"),
    (changed("actor", to={"mbox_sha1sum": "abc"}), "$.actor.mbox_sha1sum"),
    (changed("actor", to={"openid": "ab=c://should.fail.com"}), "$.actor.openid"),
    (changed("actor", to={"mbox": "mailto:should.fail.com"}), "$.actor.mbox"),
    (changed("actor", to={"objectType": "Group"}), "$.actor"),
    (changed("actor", to={"objectType": "Group", "member": []}), "$.actor.member"),
    (
        changed("context", "team", to={"objectType": "Group", **AGENT, "member": []}),
        "$.context.team",
    ),
    (
        changed("actor", to={"objectType": "Group", "member": [{"objectType": "Group"}]}),
        "$.actor.member[0]",
    ),
    (changed("verb", "id", to=""), "$.verb.id"),
    (changed("verb", "Id", to="https://example.org/v"), "$.verb.Id"),
    (changed("verb", "display", to="used"), "$.verb.display"),
    (changed("verb", "display", to={"a12345678": "used"}), "$.verb.display"),
    (changed("verb", "display", to={"en": None}), '$.verb.display["en"]'),
    (changed("object", "objectType", to="activity"), "$.object.objectType"),
    (changed("object", "objectType", to=7), "$.object.objectType"),
    (changed("object", "definition", "type", to="workflow"), "$.object.definition.type"),
    (changed("object", "definition", "moreInfo", to="no scheme"), "$.object.definition.moreInfo"),
    (changed("object", "definition", "name", to={"en_GB": "x"}), "$.object.definition.name"),
    (changed("object", "definition", to={"interactionType": "quiz"}), "$.object.definition"),
    (changed("object", "definition", to={"choices": []}), "$.object.definition"),
    (changed("object", "definition", to={"correctResponsesPattern": ["a"]}), "$.object.definition"),
    (
        changed("object", "definition", to={"interactionType": "likert", "choices": []}),
        "$.object.definition.choices",
    ),
    (
        changed(
            "object",
            "definition",
            to={"interactionType": "choice", "choices": [{"id": "a"}, {"id": "a"}]},
        ),
        "$.object.definition.choices",
    ),
    (
        changed(
            "object",
            "definition",
            to={"interactionType": "fill-in", "correctResponsesPattern": "a"},
        ),
        "$.object.definition.correctResponsesPattern",
    ),
    (changed("object", to={"objectType": "StatementRef"}), "$.object"),
    (changed("object", to={**REF, "verb": {}}), "$.object.verb"),
    (changed("object", to={**AGENT, "objectType": "Agent", "id": "x"}), "$.object.id"),
    (changed("result", "completion", to=1), "$.result.completion"),
    (changed("result", "response", to=5), "$.result.response"),
    (changed("result", "duration", to="P4W1D"), "$.result.duration"),
    (changed("result", "duration", to="PT"), "$.result.duration"),
    (changed("result", "duration", to="P"), "$.result.duration"),
    (changed("result", "duration", to="PT1.5H30M"), "$.result.duration"),
    (changed("result", "duration", to="P-1DT23H"), "$.result.duration"),
    (changed("result", "duration", to="0000-00-00T00:45:00"), "$.result.duration"),
    (changed("result", "score", "scaled", to=True), "$.result.score.scaled"),
    (changed("result", "score", "raw", to="15"), "$.result.score.raw"),
    (changed("result", "score", to={"min": 5, "max": 5}), "$.result.score"),
    (changed("result", "score", to={"min": 0, "max": 5, "raw": 6}), "$.result.score"),
    (changed("result", "score", "grade", to=1), "$.result.score.grade"),
    (changed("result", "extensions", to=[]), "$.result.extensions"),
    (changed("context", "instructor", to={"objectType": "Agent"}), "$.context.instructor"),
    (changed("context", "language", to="English (British)"), "$.context.language"),
    (changed("context", "statement", to={"id": REF["id"]}), "$.context.statement"),
    (changed("context", "revision", to=3), "$.context.revision"),
    (
        changed("context", "contextActivities", to={"sibling": [ACTIVITY]}),
        "$.context.contextActivities.sibling",
    ),
    (
        changed("context", "contextActivities", to={"parent": [{"id": "p"}]}),
        "$.context.contextActivities.parent[0].id",
    ),
    (
        changed("context", "contextActivities", to={"parent": [AGENT]}),
        "$.context.contextActivities.parent[0]",
    ),
    (
        changed("context", "contextActivities", to={"parent": "p"}),
        "$.context.contextActivities.parent",
    ),
    (
        changed(
            "context",
            "contextAgents",
            to=[{"objectType": "contextAgent", "agent": AGENT, "relevantTypes": []}],
        ),
        "$.context.contextAgents[0].relevantTypes",
    ),
    (a_statement(object=AGENT, context={"revision": "2"}), "$.context.revision"),
    (changed("timestamp", to="2026-02-30T10:00:00Z"), "$.timestamp"),
    (changed("timestamp", to="2026-11-09"), "$.timestamp"),
    (changed("timestamp", to="2008-09-15T15:53:00.601-00:00"), "$.timestamp"),
    (changed("timestamp", to="2026-11-09T10:00:00+25:00"), "$.timestamp"),
    (changed("timestamp", to=1_794_000_000), "$.timestamp"),
    (changed("stored", to="just now"), "$.stored"),
    (changed("version", to="0.9.9"), "$.version"),
    (changed("version", to="1.1.0"), "$.version"),
    (changed("version", to="2.0.0"), "$.version"),
    (changed("authority", to={"objectType": "Group", "member": [AGENT]}), "$.authority"),
    (changed("attachments", to={}), "$.attachments"),
    (changed("attachments", to=[{"usageType": "x"}]), "$.attachments[0]"),
    (a_statement(verb={"id": VOIDED}), "$.object"),
]


@pytest.mark.parametrize(("statement", "place"), REFUSED, ids=[place for _, place in REFUSED])
def test_refused_at_its_place(statement: dict[str, Any], place: str) -> None:
    assert refused(statement, place)


@pytest.mark.parametrize("name", ["id", "stored", "version", "authority"])
def test_a_substatement_has_no_property_of_the_store(name: str) -> None:
    inner: dict[str, Any] = {
        "objectType": "SubStatement",
        "actor": AGENT,
        "verb": {"id": "https://example.org/verbs/plan"},
        "object": ACTIVITY,
    }
    assert problems(a_statement(object=inner, context={})) == []

    full = {"id": REF["id"], "stored": "2026-11-09T10:00:00Z", "version": "1.0.0"}
    inner[name] = {**full, "authority": AGENT}[name]

    assert refused(a_statement(object=inner, context={}), f"$.object.{name}")


def test_a_substatement_holds_no_substatement() -> None:
    inner = {"objectType": "SubStatement", "actor": AGENT, "verb": {"id": "https://v.example/a"}}
    nested = {**inner, "object": {**inner, "object": ACTIVITY}}

    assert refused(a_statement(object=nested, context={}), "$.object.object")


def test_platform_inside_a_substatement_follows_its_own_object() -> None:
    inner = {
        "objectType": "SubStatement",
        "actor": AGENT,
        "verb": {"id": "https://v.example/a"},
        "object": AGENT | {"objectType": "Agent"},
        "context": {"platform": "Tool"},
    }

    assert refused(a_statement(object=inner, context={}), "$.object.context.platform")


ACCEPTED: list[dict[str, Any]] = [
    changed("timestamp", to="2026-11-09 10:00:00.123456789+05:30"),
    changed("timestamp", to="2026-11-09t10:00:00z"),
    changed("timestamp", to="2026-11-09T10:00:00+01"),
    changed("result", "duration", to="P3Y1M29DT4H35M59.14S"),
    changed("result", "duration", to="PT16559.14S"),
    changed("result", "score", to={"scaled": -1, "raw": 0, "min": -5.5, "max": 5}),
    changed("result", "extensions", "https://example.org/x", to={"any": [None, {"": None}]}),
    changed("object", "id", to="urn:uuid:8f87ccde-bb56-4c2e-ab83-44982ef22df0"),
    changed("object", "id", to="http://example.com/فعل/خواندن"),
    changed("object", "id", to="https://[2001:db8::1]:8080/a?b=c#d"),
    changed("context", "contextActivities", to={"parent": ACTIVITY}),
    changed("context", "language", to="zh-Hant-TW"),
    changed("context", "language", to="tlh"),
    changed("context", "language", to="i-klingon"),
    changed("context", "language", to="sl-rozaj-biske-x-own"),
    changed("version", to="1.0"),
    changed("version", to="1.0.9"),
    changed(
        "actor", to={"objectType": "Group", "member": [AGENT, {"openid": "https://p.example"}]}
    ),
    changed(
        "object",
        "definition",
        to={
            "interactionType": "matching",
            "source": [{"id": "a", "description": {"en": "A"}}],
            "target": [{"id": "1"}],
            "correctResponsesPattern": ["a[.]1"],
        },
    ),
    changed(
        "attachments",
        to=[
            {
                "usageType": "https://example.org/usage/certificate",
                "display": {"en": "Certificate"},
                "contentType": "text/plain; charset=ascii",
                "length": 27,
                "sha2": "495395e777cd98da653df9615d09c0fd6bb2f8d4788394cd53c56a3bfdcd848a",
                "fileUrl": "https://example.org/file.txt",
            }
        ],
    ),
]


@pytest.mark.parametrize("statement", ACCEPTED)
def test_accepted(statement: dict[str, Any]) -> None:
    assert problems(statement) == []


def test_a_statement_may_call_itself_2_0_in_a_request_of_2_0() -> None:
    statement = changed("version", to="2.0.0")

    assert problems(statement, version="2.0.0") == []
    assert problems(changed("version", to="1.0.3"), version="2.0.0") == []
    assert problems(changed("version", to="3.0.0"), version="2.0.0")


@pytest.mark.parametrize(
    "text", ["P" + "1" * 100_000, "http://" + "a" * 100_000 + " ", "en" + "-abcde" * 20_000 + "!"]
)
def test_long_hostile_strings_are_refused_all_the_same(text: str) -> None:
    statement = a_statement(
        verb={"id": text, "display": {text: "x"}},
        result={"duration": text},
        actor={"mbox": "mailto:" + text},
    )

    assert len(problems(statement)) == 4


MALFORMED: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "not valid JSON"),
    "cut off": (b'{"a": 1', "not valid JSON"),
    "not UTF-8": (b'{"a": "\xff"}', "byte 7 is not UTF-8"),
    "UTF-16": ('{"a": 1}'.encode("utf-16"), "not UTF-8"),
    "byte order mark": (b'\xef\xbb\xbf{"a": 1}', "not valid JSON"),
    "NaN": (b'{"a": NaN}', "NaN"),
    "Infinity": (b"[-Infinity]", "-Infinity"),
    "overflow": (b'{"a": 1e999}', "1e999"),
    "long integer": (b"[" + b"9" * 5000 + b"]", "not valid JSON"),
    "twice": (b'{"a": {"b": 1, "b": 1}}', "'b' occurs twice"),
    "half a surrogate pair": (rb'{"a": "\ud83d"}', "surrogate"),
    "61 deep": (b"[" * 61 + b"]" * 61, "deeper than 60"),
    "very deep": (b'{"a":' * 200_000, "deeper than 60"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_json_is_refused_with_the_reason(name: str) -> None:
    body, reason = MALFORMED[name]

    with pytest.raises(MalformedJson, match=reason.replace("'", ".")):
        parse_json(body)


def test_well_formed_json_is_parsed() -> None:
    assert parse_json(rb' {"a": ["\ud83d\ude00", 1.5, null, "\u0000"]} ') == {
        "a": ["\U0001f600", 1.5, None, "\0"]
    }
    assert parse_json(b"[" * 60 + b"1" + b"]" * 60)


def test_a_statement_of_the_store_equals_ours() -> None:
    ours = a_statement()
    theirs = copy.deepcopy(ours) | {
        "id": ours["id"].upper(),
        "authority": AGENT,
        "stored": "2026-11-09T10:00:01Z",
        "version": "1.0.0",
        "timestamp": "2026-11-09T11:00:00+01:00",
        "verb": {"id": ours["verb"]["id"], "display": {"de": "benutzte"}},
        "attached_by_the_store": True,
    }
    theirs["object"]["definition"] = {"name": {"en": "Renamed"}}
    theirs["result"]["extensions"] = {"https://example.org/extensions/usage-count": 4.0}
    parent = {**ACTIVITY, "objectType": "Activity"}
    ours["context"]["contextActivities"]["parent"] = ACTIVITY
    theirs["context"]["contextActivities"]["parent"] = [parent]

    assert equivalent(ours, theirs)
    assert equivalent(theirs, ours)


def test_members_of_a_group_have_no_order() -> None:
    other = {"mbox": "mailto:other@Example.org"}
    ours = a_statement(actor={"objectType": "Group", "member": [AGENT, other]})
    lower = {"objectType": "Agent", "mbox": "mailto:other@example.org"}

    theirs = {**ours, "actor": {"objectType": "Group", "member": [lower, AGENT]}}

    assert equivalent(ours, theirs)


def test_a_timestamp_that_only_the_store_set_makes_no_difference() -> None:
    ours = a_statement()
    del ours["timestamp"]

    assert equivalent(ours, {**ours, "timestamp": "2026-11-09T10:00:00Z"})


DIFFERENCES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "id": lambda s: s.update(id=REF["id"]),
    "actor": lambda s: s["actor"]["account"].update(name="p-2"),
    "verb": lambda s: s["verb"].update(id="https://example.org/verbs/other"),
    "object": lambda s: s["object"].update(id="https://example.org/other"),
    "kind of object": lambda s: s.update(object=REF),
    "timestamp": lambda s: s.update(timestamp="2026-11-09T10:00:00.001Z"),
    "duration in other words": lambda s: s["result"].update(duration="PT3600S"),
    "true is not 1": lambda s: s["result"].update(
        extensions={"https://example.org/extensions/usage-count": True}
    ),
    "result is missing": lambda s: s.pop("result"),
    "registration": lambda s: s["context"].update(registration=REF["id"]),
    "team": lambda s: s["context"]["team"]["account"].update(name="c-18"),
    "order of context activities": lambda s: s["context"]["contextActivities"].update(
        grouping=[{"id": "https://example.org/1"}, *s["context"]["contextActivities"]["grouping"]]
    ),
}


@pytest.mark.parametrize("name", DIFFERENCES)
def test_a_difference_that_counts(name: str) -> None:
    ours = a_statement()
    ours["result"]["duration"] = "PT1H"
    theirs = copy.deepcopy(ours)
    DIFFERENCES[name](theirs)

    assert equivalent(ours, copy.deepcopy(ours))
    assert not equivalent(ours, theirs)


@pytest.mark.parametrize("value", [None, [], "x", {}, {"actor": 1, "verb": 2, "object": 3}])
def test_what_is_no_statement_equals_nothing(value: Any) -> None:
    assert not equivalent(a_statement(), value)
    assert not equivalent(value, value)


def test_planned_statements_are_compared_inside() -> None:
    inner = {
        "objectType": "SubStatement",
        "actor": AGENT,
        "verb": {"id": "https://v.example/a", "display": {"en": "plan"}},
        "object": ACTIVITY,
        "timestamp": "2027-01-01T00:00:00Z",
    }
    ours = a_statement(object=inner, context={})
    theirs = json.loads(json.dumps(ours))
    theirs["object"]["timestamp"] = "2027-01-01T01:00:00+01:00"
    del theirs["object"]["verb"]["display"]
    assert equivalent(ours, theirs)

    theirs["object"]["actor"]["mbox"] = "mailto:else@example.org"

    assert not equivalent(ours, theirs)
