"""Runs a command that ends with the process that started this: `python bound.py UID GID COMMAND ...`.

UID and GID are `-` to stay who one is. The drill has threads, so it cannot do this between fork and exec.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    uid, gid, *command = sys.argv[1:]
    if uid != "-":
        os.setgroups([])
        os.setgid(int(gid))
        os.setuid(int(uid))
    if sys.platform == "linux":
        # After becoming the other user, which would have cleared it.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
