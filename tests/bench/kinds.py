"""Kinds of test bed.  The rows of one kind share it, one after the other; when
they are done it goes, so that what is idle does not disturb what is measured.
"""

PLAIN = "plain"              # forwards by itself
OFFLOADS = "offloads"        # the same for the hosts' super-frames
TAP = "tap"                  # the same, and the sink is behind a TAP
ENTRIES = "entries"          # flow entries, which rows replace
NEW_ENTRIES = "new-entries"  # none before: for memory
CONTROLLER = "controller"    # every new flow is a question
RELOAD = "reload"            # the configuration changes
MANY_PORTS = "many-ports"    # 64, and the row starts the switch
FLOW_FILE = "flow-file"      # the row starts it with flow entries
ONE_WORKER = "one-worker"    # both CPUs, one worker
TWO_WORKERS = "two-workers"  # both CPUs, two workers

WITH_OFFLOADS = (OFFLOADS, TAP)
FORWARDING = (PLAIN, *WITH_OFFLOADS)
OF_OPEN_VSWITCH = (PLAIN, ENTRIES, NEW_ENTRIES, CONTROLLER, MANY_PORTS,
                   FLOW_FILE)
ALL = (*FORWARDING, ENTRIES, NEW_ENTRIES, CONTROLLER, RELOAD, MANY_PORTS,
       FLOW_FILE, ONE_WORKER, TWO_WORKERS)
STARTED_BY_ROW = (MANY_PORTS, FLOW_FILE)
PORTS_OF_MANY = 64
