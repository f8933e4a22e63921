"""From samples to medians, spreads and ratios; as text and as data.

A ratio is taken within a round, between two figures measured one after the
other; the median of these is what a noisy machine leaves of the truth.
"""

import statistics

LIMITED = 0.97  # as much of the offered frames: the generator is the limit


def summary(numbers):
    return {"median": statistics.median(numbers), "min": min(numbers),
            "max": max(numbers), "samples": numbers}


def results(rows, contenders, samples, base, options):
    """A list of dictionaries, one a figure and contender."""
    found = []
    for row in rows:
        for figure in row.figures:
            for name in contenders:
                by_round = samples.get((figure, name))
                if by_round:
                    found.append(_result(row, figure, name, by_round,
                                         samples.get((figure, base), {}),
                                         options))
    return found


def _result(row, figure, name, by_round, base_by_round, options):
    result = {"row": figure, "title": row.title(options, figure),
              "unit": row.unit, "more_is_better": row.more_is_better,
              "contender": name,
              **summary([value for value, _ in by_round.values()])}
    offered = [o for _, o in by_round.values() if o is not None]
    if offered:
        result["offered"] = summary(offered)
        result["is_generator_limited"] = (
            row.unit == "frames/s" and
            result["median"] >= LIMITED * result["offered"]["median"])
    ratios = [value / base_by_round[number][0]
              for number, (value, _) in by_round.items()
              if number in base_by_round and base_by_round[number][0]]
    if ratios:
        result["ratio"] = summary(ratios)
    return result


def _number(value):
    return f"{value:,.0f}" if value >= 1000 else f"{value:.1f}"


def text(found, base, notes):
    lines, figure, is_limited = [], None, False
    for r in found:
        if r["row"] != figure:
            figure = r["row"]
            better = "more" if r["more_is_better"] else "less"
            lines += ["", f"{figure}: {r['title']} ({better} is better)",
                      f"  {'':14} {'median':>11} {'min':>11} {'max':>11} "
                      f"{'offered':>11}   ratio to {base} (min .. max)"]
        mark = "*" if r.get("is_generator_limited") else " "
        is_limited = is_limited or mark == "*"
        offered = r.get("offered")
        ratio = r.get("ratio")
        lines.append(
            f"  {r['contender']:14} {_number(r['median']):>11}"
            f"{mark}{_number(r['min']):>11} {_number(r['max']):>11} "
            f"{_number(offered['median']) if offered else '':>11}   " +
            (f"{ratio['median']:.2f} ({ratio['min']:.2f} .. "
             f"{ratio['max']:.2f})" if ratio else ""))
    if is_limited:
        lines += ["", "* It took all that was offered: the generator's limit, "
                  "not the switch's.  The kernel's", "  bridge always does, as "
                  "it works in the generator's own time."]
    lines += ["", *notes] if notes else []
    return "\n".join(lines).lstrip("\n")
