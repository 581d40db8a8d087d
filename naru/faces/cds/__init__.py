"""The CDS Hooks door (CDS Hooks 2.0): alerts inside the EMR, quoting what others recorded."""
