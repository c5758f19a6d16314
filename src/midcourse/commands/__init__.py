"""The commands of `midcourse`, one small file each.

A command's module has a docstring (its help, with an example), a dataclass `Args`, and
`run(args)`, which returns the exit code; or `main(words)` instead of these two. Modules are
imported only when their command is given.
"""

# name -> what it does, in the order of the help
COMMANDS = {
    "list": "ids, levels, disturbances and agents",
    "demo": "play, train, measure, and write a report: everything in four minutes",
    "eval": "evaluate agents on an environment",
    "train": "train a baseline",
    "check": "prove the laws of an environment",
    "play": "play yourself, in a window or in words",
    "serve": "serve a web to real browsers",
    "replay": "execute a trace again and find the first difference",
    "bench": "measure the speed beside other libraries",
}
