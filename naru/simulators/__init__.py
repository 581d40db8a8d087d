"""The world outside for tests and the demo: small programs that speak HTTP, and nothing else."""
