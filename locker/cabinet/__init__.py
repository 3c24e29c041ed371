"""The deciding part of a locker: what has happened comes in, what is to be done comes out.

Pure: no clock, no I/O, no randomness. Times, random ids and readings come in with the event. The state changes only in
`state.apply(state, fact)`, so a restart is a replay of the journal.
"""
