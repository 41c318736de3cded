"""The rules of a plan, each a value that holds all that is its own: see `planner.law.rule` and `planner.law.register`.

What the regulation says of a rule (clauses, strength, dates, parameters) is data of the rulebook, joined by the rule's
id. Engines, gate, reasons, certificate, documentation and tests ask the register; none of them lists rules.
"""
