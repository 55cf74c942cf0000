"""The ground floor: settings, the database base, migrations and the role programs as data.

What does not belong here: any rule about cohorts, anything that speaks HTTP. This package
imports nothing else of the project.
"""

VERSION = "0.1.0"
