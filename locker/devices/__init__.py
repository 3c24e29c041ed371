"""Drives doors, sensors, scanners and the panel. One file a device; `ports` says what the daemon needs of each.

A new lock board is one new file here with an `Outputs` for the guardian and, where it reads doors, a `DoorSensors`.
"""
