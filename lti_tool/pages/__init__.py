"""Pages: one module a person or noun. Thin: form in, use case, page or 303 out.

What does not belong here: a rule (`cohorts.rules`), a query that another page needs too
(`cohorts`), the words of an error (`lti_tool.errors`).
"""
