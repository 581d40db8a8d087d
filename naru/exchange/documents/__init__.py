"""Documents moved (ITI-41 to -43, -18, -66 to -68): registered, kept, found, given, proved."""
