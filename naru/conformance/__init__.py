"""Published test plans against a running node, over the wire only: what passes, and why not."""
