"""Settings of all tests."""

import os

import matplotlib
from hypothesis import settings

matplotlib.use("agg")  # no windows; not by MPLBACKEND, which the kernels of the notebook tests would inherit

settings.register_profile("course", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("course")
