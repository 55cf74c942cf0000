"""Operators' commands about platforms on a database that was never made."""

from dataclasses import replace

import pytest

from config.settings import Settings
from lti_tool.app import create_app
from lti_tool.database import db


@pytest.mark.parametrize("command", [["platform", "invite"], ["platform", "list"]])
def test_a_database_without_tables_is_answered_with_the_remedy(
    settings: Settings, bare_database_url: str, command: list[str]
) -> None:
    app = create_app(replace(settings, database_url=bare_database_url))
    result = app.test_cli_runner().invoke(args=command)
    with app.app_context():
        db.engine.dispose()
    assert result.exit_code == 1
    assert "flask --app wsgi database upgrade" in result.output
    assert "Traceback" not in result.output
