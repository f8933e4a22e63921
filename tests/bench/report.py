"""From samples to medians, spreads and ratios; as text and as data.

A ratio is taken within a round, between two figures measured one after the
other; the median of these is what a noisy machine leaves of the truth.
"""

import statistics

LIMITED = 0.97  # as much of the offered frames: the generator is the limit


def summary(numbers):
    return {"median": statistics.median(numbers), "min": min(numbers),
            "max": max(numbers), "samples": numbers}


def ratios_by_round(by_round, base_by_round):
    return {number: value / base_by_round[number][0]
            for number, (value, _) in by_round.items()
            if number in base_by_round and base_by_round[number][0]}


def results(rows, contenders, samples, options):
    """A list of dictionaries, one a figure and contender."""
    found = []
    for row in rows:
        for figure in row.figures:
            for name in contenders:
                by_round = samples.get((figure.name, name))
                if by_round:
                    base = (figure.beside or figure.name,
                            name if figure.beside else
                            figure.peer or options.base)
                    found.append(_result(figure, name, by_round, base,
                                         samples.get(base, {}), options))
    return found


def _result(figure, name, by_round, base, base_by_round, options):
    result = {"row": figure.name,
              "title": figure.title.format(size=options.frame_size),
              "unit": figure.unit, "more_is_better": figure.more_is_better,
              "contender": name, "ratio_to": figure.beside or base[1],
              **summary([value for value, _ in by_round.values()])}
    offered = [o for _, o in by_round.values() if o is not None]
    if offered:
        result["offered"] = summary(offered)
        result["is_generator_limited"] = (
            figure.more_is_better and
            result["median"] >= LIMITED * result["offered"]["median"])
    ratios = ratios_by_round(by_round, base_by_round)
    if ratios:
        result["ratio"] = summary(list(ratios.values()))
    return result


def _number(value):
    digits = 0 if value >= 1000 else 1 if value >= 10 else 3
    return f"{value:,.{digits}f}"


def _ratio(ratio):
    return (f"{ratio['median']:.2f} ({ratio['min']:.2f} .. "
            f"{ratio['max']:.2f})")


def text(found, notes):
    lines, row, is_limited = [], None, False
    for r in found:
        if r["row"] != row:
            row = r["row"]
            better = "more" if r["more_is_better"] else "less"
            has_ratio = any("ratio" in other for other in found
                            if other["row"] == row)
            lines += ["", f"{row}: {r['title']}; {r['unit']}, {better} is "
                      "better",
                      f"  {'':14} {'median':>11} {'min':>11} {'max':>11} "
                      f"{'offered':>11}" +
                      (f"   ratio to {r['ratio_to']} (min .. max)"
                       if has_ratio else "")]
        mark = "*" if r.get("is_generator_limited") else " "
        is_limited = is_limited or mark == "*"
        offered = r.get("offered")
        lines.append(
            (f"  {r['contender']:14} {_number(r['median']):>11}"
             f"{mark}{_number(r['min']):>11} {_number(r['max']):>11} "
             f"{_number(offered['median']) if offered else '':>11}   " +
             (_ratio(r["ratio"]) if "ratio" in r else "")).rstrip())
    if is_limited:
        lines += ["", "* It took all that was offered: the generator's limit, "
                  "not the switch's.  The kernel's", "  bridge always does, as "
                  "it works in the generator's own time."]
    lines += ["", *notes] if notes else []
    return "\n".join(lines).lstrip("\n")
