"""Scripts that make the stored data of the notebooks: measurements too long to be made there."""
