"""The daemon inside one parcel locker, and (in `wire`) what it says to the hub."""
