"""What the benchmarks on a GPU share: times, the rate of a copy, and tables that rows go to."""

import argparse
import csv
import statistics
import subprocess
import time
from pathlib import Path

import torch
import triton

ROOT = Path(__file__).resolve().parents[1]


class WrongError(RuntimeError):
    """A kernel whose results are not the reference's."""


def seconds(run, device, least):
    """Seconds of a call: the median of at least five, after two that do not count."""
    for _ in range(2 if least else 0):
        run()
    times = []
    while len(times) < (5 if least else 1) or sum(times) < least:
        if torch.device(device).type == "cuda":
            begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
            begin.record()
            run()
            end.record()
            end.synchronize()
            times.append(begin.elapsed_time(end) / 1000)
        else:
            start = time.perf_counter()
            run()
            times.append(time.perf_counter() - start)
    return statistics.median(times)


def copy_rate(device, size, least):
    """Bytes per second of a copy of so many bytes on the device, read and written."""
    source = torch.rand(size // 4, device=device)
    target = torch.empty_like(source)
    return 2 * size / seconds(lambda: target.copy_(source), device, least)


def stamp(device):
    """What every row begins with: device, date, commit and versions."""
    cuda = torch.device(device).type == "cuda"
    return {
        "device": torch.cuda.get_device_name() if cuda else "dry run on the CPU",
        "date": time.strftime("%Y-%m-%d"),
        "commit": commit(),
        "torch": torch.__version__,
        "triton": triton.__version__,
    }


def commit():
    """The repository's commit, with + where the tree differs from it."""
    command = ["git", "-C", str(ROOT), "describe", "--always", "--dirty=+", "--abbrev=10"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def tabulate(check, rows, told, out, report):
    """Check, measure, print, append to a table; 1 if a kernel is wrong.

    Args:
        check: called first; it raises `WrongError`.
        rows: called then; it yields dicts, each written as soon as it comes.
        told: what to say of a row.
        out: path of the table.
        report: says it.
    """
    try:
        check()
    except WrongError as error:
        report(str(error))
        return 1
    out.parent.mkdir(parents=True, exist_ok=True)
    new = not out.exists()
    with out.open("a", newline="") as file:
        writer = None
        for row in rows():
            if writer is None:
                writer = csv.DictWriter(file, row.keys())
                if new:
                    writer.writeheader()
            writer.writerow(row)
            file.flush()
            report(told(row))
    return 0


def command_line(main, description, results):
    """Run `main(dry, out)` as the command line asks; does not return."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--dry", action="store_true", help="tiny, in the interpreter")
    parser.add_argument("--out", type=Path, default=results, help="the table of results")
    options = parser.parse_args()
    raise SystemExit(main(options.dry, options.out))
