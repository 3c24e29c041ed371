"""HTTP in and out under /v1, and nothing else: every decision is behind `handlers`."""
