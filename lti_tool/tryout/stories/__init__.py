"""The demo cohort's 24 learners: what each has done up to the seventh week, as data."""

from lti_tool.tryout.stories.in_use import IN_USE
from lti_tool.tryout.stories.live import LIVE
from lti_tool.tryout.stories.on_the_way import ON_THE_WAY

__all__ = ["STORIES"]

STORIES = (*LIVE, *IN_USE, *ON_THE_WAY)
