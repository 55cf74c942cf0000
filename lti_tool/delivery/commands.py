"""`flask --app wsgi deliver`: delivery as a process of its own."""

import signal

import click
from flask import current_app
from flask.cli import with_appcontext

from lti_tool.delivery.engine import engine_of

ENDS = (signal.SIGTERM, signal.SIGINT)


@click.command("deliver")
@click.option("--once", is_flag=True, help="Deliver what is due now, then end.")
@with_appcontext
def deliver(once: bool) -> None:
    """Send recorded statements and grades; runs until SIGTERM or Ctrl-C.

    Ends after the row at hand. Several of these may run at the same time.
    """
    engine = engine_of(current_app)
    if once:
        total = dict.fromkeys(("delivered", "waiting", "parked", "held"), 0)
        while (became := engine.drain()).claimed:
            for state in total:
                total[state] += getattr(became, state)
        click.echo(", ".join(f"{count} {state}" for state, count in total.items()))
        return
    # Before the thread begins, so that it is this one that gets the signal.
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDS)
    engine.start()
    click.echo("Delivering. Ctrl-C ends it.")
    signal.sigwait(ENDS)
    click.echo("Ending after the row at hand.")
    engine.stop()
