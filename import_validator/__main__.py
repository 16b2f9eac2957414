"""`python -m import_validator` is the command `import-validator`."""

from .cli import main

if __name__ == "__main__":
    main()
