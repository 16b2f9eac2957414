"""Runs a command and prints its wall time in seconds, its peak resident memory in bytes, and its exit status.

The peak is that of the largest of the command's processes. A program of its own, on the standard library alone: what
a process holds when it starts another one counts towards the other's peak, so this one has to be small.
"""

import os
import sys
import time

started = time.perf_counter()
silent = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
process = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=silent)
_, status, usage = os.wait4(process, 0)
seconds = time.perf_counter() - started
peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(seconds, peak, os.waitstatus_to_exitcode(status))
