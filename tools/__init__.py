"""What looks after the course: its environment, its notebooks, its catalogues. No part of the package nnlearn."""
