"""The figures of a benchmark as Markdown."""

import statistics

COMPARED = (
    ("OpenSSH", "OpenSSH, bare `true` on each, `xargs -P{hosts}`"),
    ("plan", "mtactl plan, nothing to do"),
    ("apply", "mtactl apply: backup, change, check, message traced to the smarthost's 250, commit"),
    ("pyinfra", "pyinfra {pyinfra}, the change and an untraced message"),
    ("Ansible", "Ansible {ansible-core} with pipelining and {hosts} forks, the change and an untraced message"),
)


def text(figures):
    return f"{heading(figures)}\n\n{comparison(figures)}\n\n{budgets(figures)}"


def heading(figures):
    return "{hosts} Debian hosts (12 and 13) {latency} ms away; hosts and controller share {cores} cores and {memory} GB, {system}.".format(
        **figures
    )


def table(*rows):
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])


def median(runs, what):
    return statistics.median(run[what] for run in runs)


def comparison(figures):
    rows = [("", "median", "each run", "controller's processor time a host", "peak memory of the largest process")]
    for key, name in COMPARED:
        runs = figures["runs"][key]
        rows.append((
            name.format(hosts=figures["hosts"], **figures["packages"]),
            f"{median(runs, 'seconds'):.1f} s",
            ", ".join(f"{run['seconds']:.1f}" for run in runs),
            f"{1000 * median(runs, 'cpu') / figures['hosts']:.1f} ms",
            f"{median(runs, 'memory'):.0f} MB",
        ))
    return table(*rows)


def budgets(figures):
    """The budgets of docs/bench.md, and what was measured."""
    hosts, runs, wire, one = figures["hosts"], figures["runs"], figures["wire"], figures["one"]
    trips = wire["round_trips"]
    processor = 1000 * median(runs["apply"], "cpu") / hosts
    alone = 1000 * median(one["apply"], "cpu")
    more = (1000 * median(runs["apply"], "cpu") - alone) / max(1, hosts - 1)
    memory = (median(runs["apply"], "memory") - median(one["apply"], "memory")) / max(1, hosts - 1)
    seconds = median(one["apply"], "seconds")
    ratio = median(runs["apply"], "seconds") / median(runs["OpenSSH"], "seconds")
    rows = [
        ("connections a host, plan to confirm", "1", "{}–{}".format(*wire["connections"]), wire["connections"][1] <= 1),
        ("channels a host", "at most 4", str(max(wire["channels"])), max(wire["channels"]) <= 4),
        ("round trips a host", "at most 20", f"{trips[0]}–{trips[-1]}, median {trips[len(trips) // 2]}", trips[-1] <= 20),
        ("controller's processor time a host", "at most 10 ms",
         f"{processor:.1f} ms; {alone:.0f} ms with one host, {more:.1f} ms with each more", processor <= 10),
        ("controller's memory a host in flight", "at most 1 MB",
         f"{memory:.2f} MB beside {median(one['apply'], 'memory'):.0f} MB for one host", memory <= 1),
        timing(figures, "plan", "plan with nothing to do", 1.2),
        timing(figures, "apply", "apply with test message", 4),
        ("the same, divided by OpenSSH's bare `true`", "at most 1.6", f"{ratio:.1f}", ratio <= 1.6),
        ("one host, apply with test message", "1.0 s",
         f"{seconds:.2f} s ({', '.join('%.2f' % run['seconds'] for run in one['apply'])})", seconds <= 1.0),
        *growth(figures), *mixed(figures),
    ]
    words = {True: "holds", False: "**does not hold**", None: ""}
    return table(("what", "budget", "measured", ""), *((*row[:3], words[row[3]]) for row in rows))


def timing(figures, key, name, limit):
    seconds = median(figures["runs"][key], "seconds")
    return (f"{figures['hosts']} hosts, {name}", f"{limit} s", f"{seconds:.1f} s", seconds <= limit)


def mixed(figures):
    """Hosts with other mail servers, which have the same budget of round trips as Postfix."""
    if "mixed" not in figures:
        return []
    fleet = figures["mixed"]
    trips = {host: fleet["round_trips"][host] for host, outcome in fleet["outcomes"].items() if outcome == "committed"}
    fewest, most = min(trips.values(), default=0), max(trips.values(), default=0)
    farthest = [host for host, count in trips.items() if count == most]
    others = [f"{host} {outcome}" for host, outcome in sorted(fleet["outcomes"].items()) if outcome != "committed"]
    name = f"{len(fleet['outcomes'])} hosts with other Unix mail servers"
    cpu = 1000 * fleet["apply"]["cpu"] / max(1, len(fleet["outcomes"]))
    return [
        (f"{name}, round trips a host", "at most 20", f"{fewest}–{most} ({', '.join(farthest)})", most <= 20) if trips else
        (f"{name}, round trips a host", "at most 20", "none was changed", None),
        (f"{name}, plan, apply with test message", "", f"{fleet['plan']['seconds']:.1f} s, {fleet['apply']['seconds']:.1f} s; "
         f"processor {cpu:.1f} ms a host" + (f"; {', '.join(others)}" if others else ""), None),
    ]


def growth(figures):
    """Controller's processor time with more hosts: it is linear if the cost of each host stays the same."""
    plans = (figures["runs"]["plan"], figures["hosts"])
    rows = []
    if "fleet" in figures:
        fleet = figures["fleet"]
        times = fleet["hosts"] / figures["hosts"]
        for verb in ("plan", "apply"):
            ratio = fleet[verb]["cpu"] / median(figures["runs"][verb], "cpu") / times
            rows.append((
                f"{fleet['hosts']} hosts on this machine, {verb}", "linear",
                f"{fleet[verb]['seconds']:.1f} s; processor {ratio:.2f} × {times:g} × that of {figures['hosts']}; "
                f"peak memory {fleet[verb]['memory']:.0f} MB", None,
            ))
    if "names" in figures:
        names = figures["names"]
        times = names["hosts"] / plans[1]
        ratio = names["cpu"] / median(plans[0], "cpu") / times
        rows.append((
            f"{names['hosts']:,} hosts, plan ({plans[1]} hosts under {times:g} names each)",
            f"within 1.2 × {times:g} × the cost of {plans[1]}",
            f"processor {ratio:.2f} × {times:g} ×; {names['seconds']:.0f} s; peak memory {names['memory']:.0f} MB", ratio <= 1.2,
        ))
    return rows


def replace(document, new):
    """Replaces the text between the marks of the document."""
    before, mark, rest = document.read_text().partition("<!-- bench -->\n")
    _, end, after = rest.partition("<!-- /bench -->")
    if not mark or not end:
        raise SystemExit(f"{document.name} has no `<!-- bench -->` and `<!-- /bench -->`")
    document.write_text(f"{before}{mark}{new}\n{end}{after}")
