"""`python -m soho` is the `soho` command."""

from soho.cli.main import main

if __name__ == "__main__":  # the web's processes import this module again under another name
    main(prog_name="soho")
