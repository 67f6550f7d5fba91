"""In place of the package of this name: without it jsonschema doesn't check the format "iri", which nothing here has.

nbformat imports jsonschema, which would import the package, which makes a parser of a large grammar: two processor
seconds of each process that reads a notebook.
"""

raise ImportError(__doc__)
