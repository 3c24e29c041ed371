"""One small file for each make of scanner: which bytes it is told, and how its answers are told from codes. Pure."""
