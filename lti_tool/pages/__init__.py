"""Pages: one module a person or noun. Thin: form in, use case, page or 303 out.

What does not belong here: a rule (`cohorts.rules`), a query that another page needs too
(`cohorts`), the words of an error (`lti_tool.errors`).
"""

from flask import Flask

from lti_tool.pages import (
    base,
    check_in,
    coach,
    deliveries,
    help,
    home,
    milestones,
    owner,
    reviews,
    runs,
    styleguide,
    task_map,
    workflow,
)

__all__ = ["init_app"]

LEARNER = (home.bp, task_map.bp, workflow.bp, runs.bp, check_in.bp)
COACH = (coach.bp, reviews.bp, milestones.bp)
OWNER = (owner.bp, deliveries.bp)
BLUEPRINTS = (*LEARNER, *COACH, *OWNER, help.bp)


def init_app(app: Flask) -> None:
    """Register every page; the style guide in development only."""
    base.init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    if app.config["SETTINGS"].development:
        app.register_blueprint(styleguide.bp)
