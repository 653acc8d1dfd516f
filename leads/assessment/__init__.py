"""Two separate judgements on a lead: is the person still here (presence), and how urgent is it (risk).

Each is a sum of named lines with the facts behind them. Nationality, country of birth, religion, ethnicity, race, gender,
language and name are not inputs: the input types have no place for them. Proxies remain (port, carrier, school, address)
and the fairness report names them.
"""
