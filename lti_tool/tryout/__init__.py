"""Trying the tool on one machine: three processes, a registration and a demo cohort.

    python -m lti_tool.tryout

starts the tool, the practice LMS and the practice LRS, connects them as an LMS administrator
would, and opens a cohort in its seventh week. It is for looking around and for development, never
part of a production start, and no module of the tool imports it.
"""
