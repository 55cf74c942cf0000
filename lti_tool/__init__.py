"""Everything that speaks HTTP: the launch, registration, pages, the gradebook and delivery.

What does not belong here: a rule about weeks, workflows or milestones (`cohorts.rules`), the
wording of a statement (`xapi`), the environment (`config.settings`).
"""
