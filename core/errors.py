"""The one exception that a user of zpoints is meant to read."""


class InputError(ValueError):
    """Something the user gave cannot be used.

    The message is one sentence that names the file or the value and says what to do next. The command line
    prints it and exits with 2, the dashboard shows it in a box; neither shows a traceback.
    """


class MissingError(InputError):
    """A study lacks what was asked for, and nothing is wrong with it; a page shows the sentence as a note."""
