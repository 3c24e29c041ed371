"""Measures speed as ratios within one run, or against a stated bound. `./run bench` writes `build/bench.json`."""
