"""Drives doors, sensors, scanners and the panel. One file a device; `ports` says what the daemon needs of each.

A new lock board on a serial bus is one new file in `boards` with a pure codec; new lines are an `Outputs` for the
guardian and, where they read doors, a `DoorSensors`. `banks` puts all of one locker together.
"""
