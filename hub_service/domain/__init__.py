"""Decides about parcels and people. Pure: times, keys and random numbers come in; nothing here does I/O."""
