"""What is asked of flowbridge, beside its peers in the same run."""

import dataclasses

from report import ratios_by_round, summary

FLOWBRIDGE, POLL = "flowbridge", "flowbridge-poll"
BARE, BRIDGE, OVS, OVS_TSO = ("bare", "kernel-bridge", "ovs-netdev",
                              "ovs-netdev-tso")


@dataclasses.dataclass
class Goal:
    """A bound for a figure, or for its ratio to that of a peer, or to another
    figure of flowbridge; without a bound it is only stated."""
    figure: str
    peer: str = None
    beside: str = None
    at_least: float = None
    at_most: float = None
    less_than: float = None
    who: str = FLOWBRIDGE

    def text(self):
        bounds = ((">=", self.at_least), ("<=", self.at_most),
                  ("<", self.less_than))
        bound = [f" {sign} {value:g}" for sign, value in bounds
                 if value is not None]
        of = self.peer or self.beside
        by = "" if self.who == FLOWBRIDGE else f" of {self.who}"
        return (self.figure + by + (f", of {of}" if of else "") +
                (bound[0] if bound else ", stated"))

    def samples(self, samples):
        """By round."""
        mine = samples.get((self.figure, self.who), {})
        if not self.peer and not self.beside:
            return {number: value for number, (value, _) in mine.items()}
        other = (self.beside or self.figure, self.peer or self.who)
        return ratios_by_round(mine, samples.get(other, {}))

    def is_met(self, value):
        """None for what is only stated."""
        if self.at_least is not None:
            return value >= self.at_least
        if self.at_most is not None:
            return value <= self.at_most
        return None if self.less_than is None else value < self.less_than


def _frames(name, of_ovs):
    """By the clock and for CPU time; the kernel's bridge has no process, so
    there is nothing to compare its CPU time with."""
    return [Goal(f"{name}-cpu", BARE, at_least=0.9),
            Goal(name, BARE, at_least=0.9),
            Goal(f"{name}-cpu", OVS, at_least=of_ovs),
            Goal(name, OVS, at_least=of_ovs),
            Goal(name, BRIDGE, at_least=1)]


def _tcp(name):
    return [Goal(name, BARE, at_least=0.95),
            Goal(name, OVS_TSO, at_least=1.3),
            # With what it spends on looking again before it sleeps.
            Goal(f"{name}-cpu", OVS_TSO),
            Goal(name, BRIDGE),
            Goal(f"{name}-ends")]


def _round_trip(name):
    return [goal for p in ("p50", "p99") for goal in
            (Goal(f"{name}-{p}", BARE, at_most=1.3),
             Goal(f"{name}-{p}", OVS, at_most=0.5),
             Goal(f"{name}-{p}", OVS, at_most=0.5, who=POLL))]


GOALS = [
    *_frames("frames-1", 2.0),
    *_frames("frames-1000", 2.0),
    *_frames("frames-100000", 1.8),
    *(Goal(f"rules-{n}-cpu", beside="rules-1-cpu", at_least=0.85)
      for n in (1000, 100000, 1000000)),
    *(Goal(f"masks-{n}-cpu", OVS, at_least=1) for n in (1, 8, 32, 64)),
    *(Goal(f"masks-{n}-cpu", beside="masks-1-cpu") for n in (8, 32, 64)),
    Goal("masks-wide-64-cpu", OVS, at_least=1),
    Goal("pipeline-3-cpu", OVS, at_least=2),
    Goal("pipeline-3", OVS, at_least=2),
    *_tcp("tcp"),
    *_tcp("tcp-tap"),
    *_round_trip("rtt-idle"),
    *_round_trip("rtt-load"),
    Goal("flow-mods", OVS, at_least=3),
    Goal("flow-mods-cpu", OVS, at_least=3),
    Goal("flow-mods-barrier", OVS, at_least=3),
    Goal("flow-mods-barrier-cpu", OVS, at_least=3),
    Goal("flow-mods-stream", OVS, at_least=3),
    Goal("flow-mods-stream-cpu", OVS, at_least=3),
    Goal("flow-mods-1000000-s", less_than=15),
    Goal("flow-mods-1000000-cpu-s"),
    Goal("flow-memory", OVS, at_most=0.5),
    Goal("packet-ins", OVS, at_least=1.5),
    Goal("packet-ins-cpu", OVS, at_least=1.5),
    # 1.5 times as fast.
    Goal("first-packet-p50", OVS, at_most=0.67),
    Goal("first-packet-p99", OVS, at_most=0.67),
    Goal("reload-lost", at_most=0),
    # What is lost anyway, on a machine that is too busy.
    Goal("reload-none-lost"),
    Goal("start-ports-s", less_than=0.3),
    Goal("start-ports-cpu-s"),
    Goal("start-flows-s", less_than=1.5),
    Goal("start-flows-cpu-s"),
    Goal("idle", less_than=0.5),
    Goal("workers-2", beside="workers-1"),
    Goal("workers-2-cpu", beside="workers-1-cpu"),
    Goal("workers-2-reordered", at_most=0),
]


def results(samples):
    """A list of dictionaries, one for each goal that was measured."""
    found = []
    for goal in GOALS:
        by_round = goal.samples(samples)
        if by_round:
            measured = summary(list(by_round.values()))
            verdicts = {goal.is_met(measured[which])
                        for which in ("min", "max")}
            found.append({"goal": goal.text(), **measured,
                          "is_met": goal.is_met(measured["median"]),
                          "is_clear": len(verdicts) == 1})
    return found


def _number(value):
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def text(found):
    if not found:
        return ""
    words = {True: "yes", False: "NO", None: ""}
    lines = [f"{'goal':56}  {'measured (min .. max)':28}  met"]
    for r in found:
        spread = (f"{_number(r['median'])} ({_number(r['min'])} .. "
                  f"{_number(r['max'])})")
        lines.append(f"{r['goal']:56}  {spread:28}  {words[r['is_met']]}" +
                     ("" if r["is_clear"] else "?"))
    if not all(r["is_clear"] for r in found):
        lines += ["", "? Some rounds said the opposite."]
    return "\n".join(line.rstrip() for line in lines)
