"""The addresses of the services. Each carries `?type_id=`, as Moodle's do."""

from lti_tool.practice_lms.people import COURSE_ID


def line_items_url(base: str, tool_id: int) -> str:
    """The line item container of a tool in the course."""
    return f"{base}/services/{COURSE_ID}/lineitems?type_id={tool_id}"


def line_item_url(base: str, tool_id: int, line_item_id: int) -> str:
    """One line item; this address is its `id`."""
    return f"{base}/services/{COURSE_ID}/lineitems/{line_item_id}/lineitem?type_id={tool_id}"


def results_url(base: str, tool_id: int, line_item_id: int) -> str:
    """The results of a line item: `/results` goes before the query."""
    path, _, query = line_item_url(base, tool_id, line_item_id).partition("?")
    return f"{path}/results?{query}"


def memberships_url(base: str, tool_id: int) -> str:
    """The roster of the course."""
    return f"{base}/services/CourseSection/{COURSE_ID}/bindings/{tool_id}/memberships"
