"""xAPI: the vocabulary, the statement builders, the profile and the LRS client.

What does not belong here: tables, Flask, and any rule about when something earns a statement.
"""
