"""How an incoming amount is explained by open items: evidence, candidates, combinations, decision."""
