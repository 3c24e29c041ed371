"""Lock boards in software, from the board's side: what arrives on the bus, what they answer, which coils get current.

Written from what is known of each make, and from nothing of the drivers: each checks the other.
"""
