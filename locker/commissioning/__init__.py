"""Asks: which board, door, switch and scanner is where. Pure: wishes go out, what came of them comes in.

Console, page and tests are faces of the same interview; the config file is written by whoever shows it.
"""
