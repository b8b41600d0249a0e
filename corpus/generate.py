#!/usr/bin/env python3
"""Makes the mail of the corpus afresh: corpus/<case>/*.eml, octet for octet the same in every run.

    python3 corpus/generate.py            write all messages
    python3 corpus/generate.py --check    say what differs and exit 1
    python3 corpus/generate.py CASE...    write these cases only ("ordinary/letters" is a theme of ordinary mail)

case.yaml is not made here: what a case must give is written by hand beside its
mail. The cases stand in corpus/_generate, a file for each kind of incident;
mail.py and programs.py there know how mail programs write. Ordinary mail stands
in _generate/ordinary, a file a theme, each message with the sentence why it is
fine; index.yaml is made of these. Python's standard library is all that is
needed."""

import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "_generate"))
sys.dont_write_bytecode = True

import cases  # noqa: E402
from ordinary import themes  # noqa: E402


ALL = {**cases.ALL, **{"ordinary/" + name: t.files for name, t in themes.ALL.items()}}


def wanted(id):
    """The files of a case or theme, by name."""
    made = ALL[id]()
    return made if isinstance(made, dict) else dict(zip(("message.eml", "fixed.eml"), made))


def main(args):
    check = "--check" in args
    only = [a for a in args if not a.startswith("-")]
    for id in only:
        if id not in ALL:
            sys.exit("generate.py: no case is named " + id)
    differ = []
    for id in only or sorted(ALL):
        folder = HERE / id
        files = wanted(id)
        stale = [p for p in folder.glob("*.eml") if p.name not in files]
        for name, data in files.items():
            path = folder / name
            if not path.exists() or path.read_bytes() != data:
                differ.append("%s/%s" % (id, name))
                if not check:
                    folder.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(data)
        for path in stale:
            differ.append("%s/%s (not made any more)" % (id, path.name))
            if not check:
                path.unlink()
    for line in differ:
        print(("differs: " if check else "wrote ") + line)
    return 1 if check and differ else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
