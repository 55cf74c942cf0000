"""The rules of a cohort: frozen dataclasses in, plain values out, `today` is an argument.

What does not belong here: tables, sessions, requests, files. This package imports the standard
library and itself.
"""
