"""How the time of a sample depends on the batch, on the width of a layer and on the threads: `docs/scaling/*.svg`.

What counts is the fastest of several measurements: a line shall show the program's cliffs, not other programs' work.
"""

import os
import sys

import figure
import peers
from files import error, keep, known

sys.path.append(str(peers.HERE / "python"))
from sizes import BATCHES, WIDE_BATCH, WIDTHS  # noqa: E402

FOLDER = peers.HERE.parents[1] / "docs" / "scaling"

# The best peers of inference, and of training.
INFERRERS = [peers.US, "ONNX Runtime", "LiteRT"]
TRAINERS = [peers.US, "Keras, TensorFlow", "PyTorch"]

# Multiply-adds of one inference of the digit classifier, and the images of a measurement of its training.
DIGITS = 888_192
SLICE = 5120

# The most rounds of a measurement: there are many of them.
ROUNDS = 3


def batch(arguments):
    workloads = {size: f"digits-{size}" if size > 1 else "digits" for size in BATCHES}
    calls = inference(workloads, arguments)
    microseconds = {name: {size: time / size for size, time in times.items()} for name, times in calls.items()}
    show("batch", microseconds, lambda size: size >= 32)
    lines = with_floor(microseconds, DIGITS, 1e6)
    figure.write(FOLDER / "batch.svg", "Inference of the tutorial network, one thread", figure.Axes(
        "samples of a call", "microseconds of a sample", [size for size in BATCHES if size & (size - 1) == 0]), lines)


def width(arguments):
    calls = inference({size: f"dense-{size}-{WIDE_BATCH}" for size in WIDTHS}, arguments)
    picoseconds = {
        name: {size: 1e6 * time / WIDE_BATCH / (size * (size + 10)) for size, time in times.items()}
        for name, times in calls.items()}
    show("width", picoseconds, lambda size: size >= 128)
    lines = with_floor(picoseconds, 1, 1e12)
    figure.write(FOLDER / "width.svg", f"Inference of a dense layer, {WIDE_BATCH} samples, one thread", figure.Axes(
        "inputs and outputs of the layer", "picoseconds of a multiply-add",
        [size for size in WIDTHS if size & (size - 1) == 0]), lines)


def threads(arguments):
    numbers = [2**n for n in range(os.cpu_count().bit_length()) if 2**n <= os.cpu_count()]
    microseconds = {}
    for number in numbers:
        for name, seconds in training(number, arguments).items():
            microseconds.setdefault(name, {})[number] = 1e6 * seconds / SLICE
    show("threads", microseconds, lambda _: False)
    one = microseconds[peers.US][1]
    lines = figure.lines(microseconds) + [figure.Line("typednet, if ideal", {n: one / n for n in numbers})]
    figure.write(FOLDER / "threads.svg", "Training of the tutorial network", figure.Axes(
        "threads", "microseconds of an image", numbers), lines)


FIGURES = {"batch": batch, "width": width, "threads": threads}


def inference(workloads, arguments):
    """The microseconds of a call by worker and size, from workloads by size: the fastest group of calls."""
    workers = start(peers.inferrers(), INFERRERS, 1)
    rounds = {name: {size: [] for size in workloads} for name in workers}
    for workload in workloads.values():
        for name, worker in workers.items():
            difference = error(workload, ask(name, worker, f"check {workload}")["output"])
            if difference > 1e-4:
                sys.exit(f"{workload} by {name} differs by {difference:.1e}")
    for _ in range(min(arguments.rounds, ROUNDS)):
        for size, workload in workloads.items():
            for name, worker in workers.items():
                rounds[name][size].append(ask(name, worker, f"time {workload} {arguments.seconds}")["best"])
    for worker in workers.values():
        worker.end()
    return {name: {size: min(times) for size, times in sizes.items()} for name, sizes in rounds.items()}


def training(number, arguments):
    """The seconds of a slice by worker: the fastest of the rounds, after one that is not counted."""
    workers = start(peers.trainers("digits"), TRAINERS, number)
    rounds = {name: [] for name in workers}
    for round in range(min(arguments.rounds, ROUNDS) + 1):
        for name, worker in workers.items():
            seconds = ask(name, worker, f"train {SLICE}")["seconds"]
            if round > 0:
                rounds[name].append(seconds)
    for worker in workers.values():
        worker.end()
    return {name: min(times) for name, times in rounds.items()}


def start(commands, names, threads):
    return peers.start({name: commands[name] for name in names if name in commands}, threads)


def ask(name, worker, order):
    return worker.ask(order) or sys.exit(f"{name} has no answer to: {order}")


def with_floor(results, multiply_adds, unit):
    """The lines of a figure, and what so many multiply-adds take at the measured peak of a core, if it was measured.

    `unit` is how many of the figure's units of time a second has.
    """
    limits, lines = known("limits"), figure.lines(results)
    if limits:
        peak = unit * multiply_adds * 2e-9 / limits["gflops"]
        lines.append(figure.Line("arithmetic at the peak", dict.fromkeys(results[peers.US], peak)))
    return lines


def show(name, results, flat):
    """Prints and keeps what was measured, and how far from flat it is where it should be."""
    keep(f"scaling-{name}", results)
    for worker, times in results.items():
        print(f"{worker:20}", "  ".join(f"{size}: {time:.4g}" for size, time in times.items()))
        level = [time for size, time in times.items() if flat(size)]
        if level:
            print(f"{'':20} from the least to the most where it should be flat: {max(level) / min(level):.2f}")


def run(arguments):
    """Measures and draws the figure that is named, or all."""
    for name in [arguments.subject] if arguments.subject else FIGURES:
        FIGURES[name](arguments)
