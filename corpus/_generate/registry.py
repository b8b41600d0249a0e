"""The list of cases: ID to the function that makes its files."""

ALL = {}


def case(id):
    """Registers a function that gives (message, fixed), or the files by name."""
    def register(f):
        if id in ALL:
            raise ValueError("two cases are named " + id)
        ALL[id] = f
        return f
    return register


def numbered(messages, fixed):
    """The files of a case of several messages."""
    files = {"message-%d.eml" % (i + 1): m for i, m in enumerate(messages)}
    files["fixed.eml"] = fixed
    return files
