"""Institutions: how they join and are admitted, whom they vouch with, and where one finds them."""
