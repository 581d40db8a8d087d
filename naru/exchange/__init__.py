"""identify → decide → move → record → prove: the only way in for doors and pages."""
