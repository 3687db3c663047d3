"""``python -m pixkin``."""

from pixkin.cli import main

if __name__ == "__main__":
    main()
