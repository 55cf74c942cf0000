"""Write the migration that leads from the last one to the models of today.

    python -m scripts.new_migration "add a column for the place"

Works on a scratch SQLite file; no database of yours is touched. Read what it wrote before you
commit it: a renamed column looks like one dropped and one added.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

import cohorts.models  # noqa: F401  autogenerate compares with the tables it knows
import lti_tool.models  # noqa: F401
from config import schema
from config.database import Base, make_engine


def main(message: str) -> int:
    """Write the migration where the models need one; 2 without a message."""
    if not message.strip():
        print('Say what it does: make migration m="add a column for the place"', file=sys.stderr)
        return 2
    with TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{folder}/scratch.db")
        schema.upgrade(engine)
        with engine.begin() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            if not compare_metadata(context, Base.metadata):
                print("The migrations already lead to the models; nothing to write.")
                return 0
            config = schema.alembic_config(connection)
            number = len(list(ScriptDirectory.from_config(config).walk_revisions())) + 1
            written = command.revision(
                config, message.strip(), autogenerate=True, rev_id=f"{number:04}"
            )
        engine.dispose()
    print(f"Wrote {Path(written.path).relative_to(Path.cwd())}. Read it, then run 'make check'.")
    return 0


if __name__ == "__main__":
    sys.exit(main(" ".join(sys.argv[1:])))
