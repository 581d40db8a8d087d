"""Who treats whom: a reception, a booking, and the relation that they begin (rule 10)."""
