"""The chapters, one room each: what only one chapter needs. They use the library, never each other."""
