"""`python -m builder`."""

from builder.cli import main

if __name__ == "__main__":  # processes that `diff` starts read this module too
    main()
