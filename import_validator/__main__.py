"""`python -m import_validator` is the command `import-validator`."""

from .command.main import main

if __name__ == "__main__":
    main()
