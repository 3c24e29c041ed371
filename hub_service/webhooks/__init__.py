"""Tells programs of events over HTTP: signed, with retries over days, and never into the hub's own network."""
