"""What the locker and the hub say to each other.

The locker owns this package because it is the side that is slow to update; the hub imports it and nothing else of
`locker`. Everything here is pure: keys, times and random references come in as arguments.

Read `facts` (what has happened at a locker), `orders` (what the hub has told it), `messages` (how both travel),
`codec` (bytes and signatures), `chain` (identity by hash), `ticket` (the content of a QR code), `topics`.
"""
