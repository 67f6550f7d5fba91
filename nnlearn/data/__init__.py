"""Real data, bundled with scikit-learn, and what the course measured on them."""

from nnlearn.data import augment, clean, compress
from nnlearn.data.datasets import Dataset, breast_cancer, diabetes, digits, photographs, wine
from nnlearn.data.measured import measured

__all__ = ["Dataset", "augment", "breast_cancer", "clean", "compress", "diabetes", "digits", "measured", "photographs",
           "wine"]  # fmt: skip
