"""What an access leaves: audit messages and events, where they go, and who looks them through."""
