"""The one kind of outside call the practice LMS makes: reading a tool's key set."""

from typing import Any

import requests
from requests.adapters import HTTPAdapter

USER_AGENT = "practice-lms (LTI 1.3)"
CONNECT_SECONDS = 3
READ_SECONDS = 5
RETRIES = 1


def fetch_json(url: str) -> Any:
    """Parsed JSON of an address; redirects are not followed.

    Raises `OSError` where the address cannot be read, `ValueError` where it is not JSON.
    """
    with requests.Session() as http:
        for scheme in ("http://", "https://"):
            http.mount(scheme, HTTPAdapter(max_retries=RETRIES))
        answer = http.get(
            url,
            timeout=(CONNECT_SECONDS, READ_SECONDS),
            headers={"User-Agent": USER_AGENT, "Accept": "application/json"},
            allow_redirects=False,
        )
    if answer.status_code != 200:
        raise OSError(f"answered {answer.status_code}")
    return answer.json()
