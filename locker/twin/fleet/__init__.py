"""The fleet: any number of lockers in one process, speaking the real wire to a real broker. Operators size with it.

Each has the real cabinet, the real link and steel from `physics`; only pins, card and kiosk are left out. `cli` says
how it is called.
"""
