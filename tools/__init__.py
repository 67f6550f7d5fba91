"""What looks after the course, its environment, its notebooks and its catalogues; no part of nnlearn."""
