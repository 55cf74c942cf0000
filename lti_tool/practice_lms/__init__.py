"""A small LTI 1.3 platform, for trying the tool without an LMS and for the tests.

It is a program of its own, with its own process, tables and keys. It imports nothing of the tool
and no module of the tool may import it: it has no login, so anybody who reaches it is whoever they
choose to be. `create_practice_lms` therefore refuses every address that is not loopback.

    python -m lti_tool.practice_lms --port 8001 --database var/practice-lms.db \\
        --tool-url http://localhost:8000

It is as strict as Moodle and Canvas together where those are strict, so that what passes here
passes there: redirect addresses, media types, timestamps, scopes, registration fields.

Registering the tool without a browser
--------------------------------------
What an administrator does on the tools page, a script can do with four requests
(`practice_lms.client` holds them as functions):

1. `POST /admin/tools` with the form field `registration_address` and the header `Origin: <url of
   the practice LMS>`. The answer is a 303 to a page; its `<iframe id="registration">` has the
   address the browser would open.
2. `GET` that address (the tool's own registration page, with `openid_configuration` and
   `registration_token`) and submit the tool's form.
3. `GET /admin/tools.json`: the registered tools, `[{"id", "name", "state", "client_id",
   "deployment_id"}]`, oldest first. The new one is last and `"pending"`.
4. `POST /admin/tools/<id>/activate` with the same `Origin` header.
"""

from lti_tool.practice_lms.app import create_practice_lms
from lti_tool.practice_lms.settings import PracticeLmsSettings

__all__ = ["PracticeLmsSettings", "create_practice_lms"]
