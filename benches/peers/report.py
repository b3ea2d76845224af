"""The tables of `results.md`, from what `run.py` left in `results`."""

import json
from pathlib import Path
from statistics import median

import peers

# What one inference needs: multiply-adds, and bytes of weights that are read.
INFERENCE = {
    "digits": (888_192, 2_775_848),
    "perceptron": (101_632, 407_080),
    "controller": (336, 1_508),
    "ds-cnn": (2_656_768, 90_160),
    "autoencoder": (264_192, 1_062_432),
    "resnet-8": (12_501_632, 312_000),
    "digits-128": (128 * 888_192, 2_775_848),
}

# Multiply-adds of one sample's training: forward, by weights and by inputs, of which the first layer has none, and of
# the convolution below a pool only the position that won.
TRAINING = {
    "digits": 2_323_872,
    "perceptron": 2 * 101_632 + 1_280,
    "ds-cnn": 3 * 2_656_768 - 320_000,
    "resnet-8": 3 * 12_501_632 - 442_368,
}

SAMPLES = {"digits": 60_000, "perceptron": 60_000, "ds-cnn": 8_000, "resnet-8": 8_000}

TITLES = {
    "digits": "tutorial network", "perceptron": "784-128-10", "controller": "4-16-16-1", "ds-cnn": "DS-CNN",
    "autoencoder": "autoencoder", "resnet-8": "ResNet-8", "digits-128": "tutorial network, 128 at once",
}

# How many times faster than the best peer, or than Keras on TensorFlow, training shall be.
TRAINING_GOALS = {
    ("digits", 1): ("Keras, TensorFlow", 5.5), ("digits", 2): ("Keras, TensorFlow", 6.0),
    ("perceptron", 1): (None, 4.0), ("resnet-8", 1): (None, 2.0), ("ds-cnn", 1): (None, 3.0),
}

# Or the seconds of an epoch on a core of the reference, where the goal names them: how far it may be from the floor.
TRAINING_SECONDS = {("digits", 1): 4.0, ("digits", 2): 2.8}

# The microseconds that an inference shall take on a core of the reference, and what it is bound by there.
REFERENCE = {"gflops": 100, "gigahertz": 3.15, "digits": 62, "perceptron": 87, "autoencoder": 71}
INFERENCE_GOALS = {
    "digits": (50, "digits"), "perceptron": (4.9, "perceptron"), "controller": (0.016, "gigahertz"),
    "ds-cnn": (62, "gflops"), "autoencoder": (15.8, "autoencoder"), "digits-128": (2800, "gflops"),
}
RESNET_GOAL = 1.3


class Results:
    """What was measured, by the names of `run.py`'s commands."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.limits = self.read("limits")

    def read(self, name):
        path = self.folder / f"{name}.json"
        return json.loads(path.read_text()) if path.exists() else {}

    def training(self, network, threads):
        """Seconds of an epoch: the median and the best, by peer, the fastest first."""
        rounds = self.read(f"training-{network}-{threads}")
        return by_speed({name: (median(seconds), min(seconds)) for name, seconds in rounds.items() if seconds})

    def inference(self, workload, threads):
        """Microseconds of a call: the median of medians and the best group, by peer, the fastest first."""
        peers_pairs = self.read(f"inference-{threads}")
        pairs = {name: workloads[workload] for name, workloads in peers_pairs.items() if workload in workloads}
        return by_speed({
            name: (median(middle for middle, _ in pair), min(best for _, best in pair)) for name, pair in pairs.items()})

    def inference_floor(self, workload, threads=1):
        """Microseconds of the arithmetic at the peak, or of reading the weights once, whichever is more."""
        operations, weights = INFERENCE[workload]
        arithmetic = 2 * operations / (self.limits["gflops"] * threads) / 1e3
        read = workload if workload in self.limits else None
        return max(arithmetic, weights / self.limits[read] / 1e3 if read else 0)

    def training_floor(self, network, threads):
        """Seconds of the arithmetic of an epoch at the peak."""
        return 2 * TRAINING[network] * SAMPLES[network] / (self.limits["gflops"] * threads) / 1e9


def by_speed(results):
    return dict(sorted(results.items(), key=lambda item: item[1]))


def others(results):
    """The peers that compute the same: floats."""
    return {name: times for name, times in results.items() if not name.startswith(peers.US) and "int8" not in name}


def number(value):
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def verdict(met):
    return "yes" if met else "no"


def training_goals(results):
    for (network, threads), (peer, factor) in TRAINING_GOALS.items():
        times = results.training(network, threads)
        rest = others(times)
        if peers.US not in times or not rest:
            continue
        ours, best = times[peers.US], next(iter(rest))
        rival = peer or best
        ratio, floor = rest[rival][0] / ours[0], results.training_floor(network, threads)
        goal, met = f"{factor} times {'the best peer' if peer is None else peer}", ratio >= factor
        if (network, threads) in TRAINING_SECONDS:
            scaled = TRAINING_SECONDS[network, threads] * REFERENCE["gflops"] / results.limits["gflops"]
            goal += f", or {number(scaled)} s ({TRAINING_SECONDS[network, threads]} s on the reference)"
            met = met or ours[0] <= scaled
        else:
            goal += ", or the floor"
            met = met or ours[0] <= floor
        yield [
            f"training, {TITLES[network]}, {threads} thread{'s' * (threads > 1)}", f"{number(ours[0])} s an epoch",
            number(ours[1]), f"{best} {number(rest[best][0])}", f"{rest[best][0] / ours[0]:.2f}", number(floor),
            f"{ours[0] / floor:.2f}", goal, verdict(met)]


def inference_goals(results):
    for workload in INFERENCE:
        times = results.inference(workload, 1)
        rest = others(times)
        if peers.US not in times or not rest:
            continue
        ours, best = times[peers.US], next(iter(rest))
        ratio, floor = rest[best][0] / ours[0], results.inference_floor(workload)
        if workload in INFERENCE_GOALS:
            microseconds, bound = INFERENCE_GOALS[workload]
            scaled = microseconds * REFERENCE[bound] / results.limits[bound]
            goal, met = f"{number(scaled)} us ({microseconds} us on the reference)", ours[0] <= scaled
        else:
            goal, met = f"{RESNET_GOAL} times the best peer", ratio >= RESNET_GOAL
        yield [
            f"inference, {TITLES[workload]}", f"{number(ours[0])} us", number(ours[1]),
            f"{best} {number(rest[best][0])}", f"{ratio:.2f}", number(floor), f"{ours[0] / floor:.2f}", goal,
            verdict(met)]


def training_table(results, network, threads):
    times = results.training(network, threads)
    if peers.US not in times:
        return ""
    ours = times[peers.US][0]
    rows = [
        [name, number(middle), number(best), number(SAMPLES[network] / middle), f"{middle / ours:.2f}"]
        for name, (middle, best) in times.items()]
    title = f"### Training the {TITLES[network]}, {threads} thread{'s' * (threads > 1)}\n\n"
    command = f"`./run.py training {network} --threads {threads}`\n\n"
    head = ["", "s an epoch, median", "best", "samples a second", "times typednet's"]
    return f"{title}{command}{table(head, rows)}\n"


def inference_table(results, threads):
    columns = {workload: results.inference(workload, threads) for workload in INFERENCE}
    columns = {workload: times for workload, times in columns.items() if times}
    if not columns:
        return ""
    names = dict.fromkeys(name for times in columns.values() for name in times)
    cell = lambda pair: f"{number(pair[0])} ({number(pair[1])})" if pair else ""
    rows = [[name, *(cell(times.get(name)) for times in columns.values())] for name in names]
    floors = [number(results.inference_floor(workload, threads)) for workload in columns]
    title = f"### Inference, {threads} thread{'s' * (threads > 1)}\n\n`./run.py inference --threads {threads}`\n\n"
    head = ["microseconds, median (best)", *(TITLES[workload] for workload in columns)]
    return f"{title}{table(head, [*rows, ['floor', *floors]])}\n"


def epoch_table(results, network, threads):
    facts = results.read(f"epoch-{network}-{threads}")
    if not facts:
        return ""
    rows = [
        [name, number(fact["seconds"]), f"{100 * fact['accuracy']:.2f} %", number(fact["megabytes"])]
        for name, fact in facts.items()]
    title = f"### One whole epoch of the {TITLES[network]}, {threads} thread{'s' * (threads > 1)}\n\n"
    command = f"`./run.py epoch {network} --threads {threads}`\n\n"
    return f"{title}{command}{table(['', 'seconds', 'accuracy after it', 'most memory, MB'], rows)}\n"


def limits_table(results):
    limits = results.limits
    rows = [
        ["multiply-adds, two operations each", f"{limits['gflops']} GFLOP/s"],
        ["clock", f"{limits['gigahertz']} GHz"],
        *([f"reading {bytes:,} bytes again and again ({TITLES[name]}'s weights)", f"{limits[name]} GB/s"]
          for name, (_, bytes) in INFERENCE.items() if name in limits),
        ["reading 256 MiB (memory)", f"{limits['memory']} GB/s"],
    ]
    return f"### What one core can do\n\n`./run.py limits`\n\n{table(['', 'median'], rows)}\n"


def write(folder, path):
    """Writes the page of results."""
    results = Results(folder)
    goals = [*training_goals(results), *inference_goals(results)]
    head = ["", "typednet, median", "best", "best peer, median", "ratio", "floor", "times the floor", "goal", "met"]
    parts = [HEAD, table(head, goals), "\n", limits_table(results)]
    for network in TRAINING:
        parts += [training_table(results, network, threads) for threads in (1, 2)]
    parts += [inference_table(results, threads) for threads in (1, 2)]
    parts += [epoch_table(results, network, threads) for network in TRAINING for threads in (1, 2)]
    path.write_text("".join(parts).rstrip() + "\n")


HEAD = f"""# typednet beside other libraries

Written by `./run.py report`; how everything is measured stands in [README.md](README.md). Machine: {peers.machine()}.

The floor is the arithmetic at the measured peak of a core, or for one sample the time to read the weights once,
whichever is more; the products of zeros count too, though typednet leaves many of them out, and all multiplications of a
convolution, though it makes fewer in ResNet-8. An epoch below it meets its goal too: no library reaches the floor that
makes all multiplications. Goals in seconds and microseconds are for a core of 100 GFLOP/s that reads 62 GB/s from its last
cache; they are scaled by what limits them, the peak or the rate at which the weights can be read here.

"""
