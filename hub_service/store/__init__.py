"""Records. SQLite with hand-written SQL; whatever can be a constraint of the schema is one."""
