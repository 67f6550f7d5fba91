"""Real data, bundled with scikit-learn."""

from nnlearn.data.datasets import Dataset, breast_cancer, diabetes, digits, photographs, wine

__all__ = ["Dataset", "breast_cancer", "diabetes", "digits", "photographs", "wine"]
