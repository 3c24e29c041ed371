"""The physical locker in software: steel, wires and hands below the real drivers, in a process of its own."""
