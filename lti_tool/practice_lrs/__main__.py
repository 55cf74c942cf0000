"""`python -m lti_tool.practice_lrs`: run the practice LRS until SIGTERM or SIGINT."""

import argparse
import sys
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from lti_tool.loopback import BIND_HOST, PortTaken, open_port, serve
from lti_tool.practice_lrs.app import PracticeLrsSettings, create_practice_lrs


def main(arguments: list[str] | None = None) -> int:
    """Run until a signal; returns 2 after one sentence where it cannot start."""
    options = _parser().parse_args(arguments)
    try:
        listener = open_port(options.port)
    except PortTaken as error:
        return _not_started(str(error))
    settings = PracticeLrsSettings(
        url=f"http://{BIND_HOST}:{listener.getsockname()[1]}",
        database=options.database,
        username=options.username,
        password=options.password,
    )
    try:
        app = create_practice_lrs(settings)
    except (DBAPIError, OSError) as error:
        reason = str(getattr(error, "orig", error))
        return _not_started(
            f"Its database {options.database} cannot be used ({reason}). "
            "Name another file with --database, or move this one away to begin afresh."
        )
    print(f"Practice LRS at {settings.url} (Ctrl-C ends it)", flush=True)
    print(f"Send statements to {settings.endpoint} as user {settings.username}", flush=True)
    serve(app, listener)
    return 0


def _not_started(reason: str) -> int:
    print(f"The practice LRS did not start: {reason}", file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lti_tool.practice_lrs", description=__doc__)
    parser.add_argument("--port", type=int, default=8002, help="port on 127.0.0.1 (8002)")
    parser.add_argument(
        "--database", type=Path, default=Path("var/practice-lrs.db"), help="its own SQLite file"
    )
    parser.add_argument("--username", default="practice", help="user name for senders (practice)")
    parser.add_argument("--password", default="practice", help="their password (practice)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
