# Thin wrappers around course.py, which works where there is no make. Arguments: make lab ARGS="--port 9999"
PYTHON ?= python3
.PHONY: help lab test check notebooks exercises zh bench catalogue doctor

help:
	@$(PYTHON) course.py

lab test check notebooks exercises zh bench catalogue doctor:
	@$(PYTHON) course.py $@ $(ARGS)
