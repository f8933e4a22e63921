"""What a sanitizer says of a switch that was built with one.

It goes to files, since a daemon's output is not always looked at, and who has
found something may be at its end.  Other binaries take no notice.
"""

import os
import shutil
import tempfile

# Leaks are looked for by a thread that traces the process, which the system
# call filter forbids as it should; `make asan` and `make faults` look for them.
OPTIONS = {
    "ASAN_OPTIONS": "detect_leaks=0:handle_abort=1",
    "UBSAN_OPTIONS": "print_stacktrace=1",
    "TSAN_OPTIONS": "handle_abort=1:second_deadlock_stack=1",
}
EXIT_CODE = 99


class Reports:
    """A directory in which each process that has something to report writes a
    file of its own."""

    def __init__(self):
        self.directory = tempfile.mkdtemp(prefix="flowbridge-reports-")
        # The switch may run as another user.
        os.chmod(self.directory, 0o1777)

    def environment(self):
        path = os.path.join(self.directory, "report")
        return {name: f"{options}:log_path={path}:exitcode={EXIT_CODE}"
                for name, options in OPTIONS.items()}

    def take(self):
        """What was reported since; empty if nothing was."""
        said = ""
        for name in sorted(os.listdir(self.directory)):
            path = os.path.join(self.directory, name)
            with open(path, errors="replace") as f:
                said += f"{name}:\n{f.read()}"
            os.remove(path)
        return said

    def close(self):
        shutil.rmtree(self.directory, ignore_errors=True)
