"""What people are told, in which language, over which channel. Reads the outbox and nothing else of the hub."""
