"""`python -m srcxform`."""

import sys

from srcxform.cli import main

if __name__ == "__main__":
    sys.exit(main())
