"""How fast is the course's own code, measured against what else one would use: ``python -m benchmarks``."""
