"""`python -m tests.bench`: CPU milliseconds of a complete launch on both databases.

Ends with 0 whatever it finds: figures are for reading, not for passing.
"""

import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median, quantiles

from config import schema
from config.database import make_engine
from tests.bench.workers import Measured, measure
from tests.support import postgresql

AIM = 3.0
PARTS = ("login", "launch", "page")
FLOOR = ("verify", "write", "render")


def main() -> None:
    """Measure, print, and say whether the aim is met."""
    parser = ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=200, help="launches a worker")
    parser.add_argument("--workers", type=int, default=2, help="processes on PostgreSQL")
    asked = parser.parse_args()
    print("CPU milliseconds of a complete launch: login, launch, home page of a learner")
    print(f"{'case':<24}{'median':>8}{'p90':>8}{'floor':>8}{'ratio':>8}  aim {AIM:g} ms")
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        url = f"sqlite:///{folder}/bench.db"
        engine = make_engine(url)
        schema.upgrade(engine)
        engine.dispose()
        show("SQLite, 1 process", measure(url, 1, asked.rounds))
    try:
        with postgresql_url() as url:
            case = f"PostgreSQL, {asked.workers} processes"
            show(case, measure(url, asked.workers, asked.rounds))
    except postgresql.PostgresqlMissing as missing:
        print(missing)


@contextmanager
def postgresql_url() -> Iterator[str]:
    """A migrated database on a server of this run alone."""
    folder, alive = postgresql.new_run()
    try:
        server = postgresql.Server(folder)
        with server.database("bench") as url:
            yield url
        server.close()
    finally:
        postgresql.end_run(folder, alive)


def show(case: str, measured: Measured) -> None:
    """One line of the table, and the split below it."""
    samples = measured.samples
    whole = [1000 * (each.login + each.launch + each.page) for each in samples]
    floor = 1000 * median(each.verify + each.write + each.render for each in samples)
    middle, ninety = median(whole), quantiles(whole, n=10)[-1]
    verdict = "met" if middle <= AIM else "not met"
    print(f"{case:<24}{middle:8.2f}{ninety:8.2f}{floor:8.2f}{middle / floor:8.1f}  {verdict}")
    for title, names in (("launch", PARTS), ("floor", FLOOR)):
        figures = (
            f"{name} {1000 * median(getattr(s, name) for s in samples):.2f}" for name in names
        )
        print(f"    {title}: {', '.join(figures)}")
    if measured.server_seconds is not None:
        print(f"    the server itself: {1000 * measured.server_seconds:.2f} for launch and floor")


if __name__ == "__main__":
    main()
