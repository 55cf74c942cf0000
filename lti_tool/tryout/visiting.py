"""What people do at the practice LMS, over HTTP: an administrator registers, everybody launches."""

from urllib.parse import urljoin

import requests

from lti_tool.practice_lms.client import (
    TIMEOUT,
    activate_tool,
    begin_registration,
    read_form,
    registered_tools,
)
from lti_tool.practice_lms.lms import FIRST_ACTIVITY_ID
from lti_tool.practice_lms.people import COURSE_ID


class WentWrong(Exception):
    """A step at the practice LMS had another answer than it should; the text says which."""


def register(lms_url: str, invitation: str) -> str:
    """Register the tool at the address of an invitation and activate it; returns its client ID.

    The steps are those of an administrator: the tools page, the tool's page in the frame, its
    button Register, and Activate.
    """
    known = {tool["client_id"] for tool in registered_tools(lms_url)}
    address = begin_registration(lms_url, invitation)
    with requests.Session() as browser:
        offer = _page(browser.get(address, timeout=TIMEOUT), "the registration page")
        form = read_form(offer.text)
        done = browser.post(urljoin(address, form.action), data=form.fields, timeout=TIMEOUT)
        _page(done, "the registration")
    new = [tool for tool in registered_tools(lms_url) if tool["client_id"] not in known]
    if len(new) != 1:
        raise WentWrong("the practice LMS does not list the tool after its registration")
    activate_tool(lms_url, new[0]["id"])
    return str(new[0]["client_id"])


def launch(lms_url: str, user_id: str) -> None:
    """Open the first activity of the practice course as somebody, up to the tool's own page."""
    start = f"{lms_url}/course/{COURSE_ID}/activity/{FIRST_ACTIVITY_ID}/launch?as={user_id}"
    with requests.Session() as browser:
        login = read_form(_page(browser.get(start, timeout=TIMEOUT), "the activity").text)
        answer = browser.post(login.action, data=login.fields, timeout=TIMEOUT)
        message = read_form(_page(answer, "the login").text)
        # Browsers send a Secure cookie over http to localhost; requests would leave it at home.
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.cookies)
        landed = browser.post(
            message.action,
            data=message.fields,
            headers={"Cookie": cookies},
            timeout=TIMEOUT,
            allow_redirects=False,
        )
        if landed.status_code != 303:
            raise WentWrong(f"the launch was answered with status {landed.status_code}")


def _page(answer: requests.Response, what: str) -> requests.Response:
    if not answer.ok:
        raise WentWrong(f"{what} was answered with status {answer.status_code}")
    return answer
