"""Which addresses belong to one LMS, and who may frame our pages."""

import pytest

from lti_tool.launch.lms import frame_origins, same_family


@pytest.mark.parametrize(
    ("address", "other"),
    [
        ("https://lms.example/a", "https://lms.example/b?c"),
        ("https://lms.example:443/a", "https://LMS.example"),
        ("http://127.0.0.1:8001/a", "http://127.0.0.1:8001/b"),
        ("https://canvas.instructure.com", "https://sso.canvaslms.com/api/lti"),
        ("https://school.brightspace.com", "https://auth.brightspace.com/core"),
        ("https://blackboard.com", "https://developer.blackboard.com/x"),
    ],
)
def test_same_family(address: str, other: str) -> None:
    assert same_family(address, other)
    assert same_family(other, address)


@pytest.mark.parametrize(
    ("address", "other"),
    [
        ("https://lms.example", "https://evil.example"),
        ("https://lms.example", "https://lms.example.evil.example"),
        ("https://lms.example", "https://sub.lms.example"),
        ("http://127.0.0.1:8001", "http://127.0.0.1:9999"),
        ("https://lms.example", "https://user@lms.example"),
        ("https://canvas.instructure.com", "https://evilinstructure.com"),
        ("https://canvas.instructure.com", "https://school.brightspace.com"),
        ("https://lms.example", "javascript:alert(1)"),
        ("", ""),
        ("https://[", "https://["),
    ],
)
def test_not_same_family(address: str, other: str) -> None:
    assert not same_family(address, other)
    assert not same_family(other, address)


def test_frame_origins() -> None:
    assert frame_origins("https://lms.example/a", "https://lms.example/b", None) == (
        "https://lms.example",
    )
    assert frame_origins("http://127.0.0.1:8001/x") == ("http://127.0.0.1:8001",)
    assert frame_origins("https://canvas.instructure.com") == (
        "https://canvas.instructure.com",
        "https://*.instructure.com",
        "https://*.canvaslms.com",
    )


@pytest.mark.parametrize(
    "address", ["https://a b.example", "https://x;script-src *", "https://x'", "data:,", "", "//x"]
)
def test_nothing_hostile_gets_into_a_header(address: str) -> None:
    assert frame_origins(address) == ()
