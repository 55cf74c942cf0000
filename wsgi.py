"""The entry point of WSGI servers and of the `flask` command."""

import sys

from config.settings import Settings, SettingsError
from lti_tool.app import create_app

try:
    app = create_app(Settings.from_env())
except SettingsError as error:
    sys.exit(str(error))
