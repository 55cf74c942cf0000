"""Cohorts: the rules of a 90-day cohort, its tables and its use cases.

What does not belong here: Flask, HTTP, claims, pages. A use case takes a SQLAlchemy session, an
actor, facts and `now`; it never commits. The door that called it commits once.
"""
