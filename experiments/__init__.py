"""Scripts that make what is measured once and shown often: stored data of the notebooks, and docs/agreement.md."""
