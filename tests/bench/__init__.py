"""How fast the tool is: `make bench`. Nothing here is a test, and nothing fails for being slow."""
