"""What the workers written in Python share: orders and answers, data and the clock.

`worker/src` is the same for the workers written in Rust; `run.py` describes orders and answers.
"""

import json
import os
import resource
import sys
import time
from pathlib import Path

import numpy as np

INSTALLED = os.environ.get("PEERS_INSTALLED", "installed")
THREADS = int(os.environ.get("PEERS_THREADS", "1"))

# The seconds of one group of calls, of which the median and the fastest are told.
GROUP = 0.002


def xla_flags():
    """Lets XLA use as many threads as the worker may use; to be called before JAX is imported."""
    parallel = "true" if THREADS > 1 else "false"
    os.environ["XLA_FLAGS"] = (
        f"--xla_cpu_multi_thread_eigen={parallel} intra_op_parallelism_threads={THREADS}")


def say(**answer):
    print(json.dumps(answer), flush=True)


def images(network, part):
    """The images of a network, as bytes `[count, pixels]`, and their classes."""
    folder = Path(INSTALLED, "data")
    labels = np.fromfile(folder / f"{network}-{part}.labels", np.uint8)
    return np.fromfile(folder / f"{network}-{part}.images", np.uint8).reshape(len(labels), -1), labels


def sample(workload, shape):
    """The input of a workload."""
    return np.fromfile(Path(INSTALLED, "models", f"{workload}.input"), "<f4").reshape(shape)


def serve_training(train, test):
    """Answers `train IMAGES` by `train(images)`, which gives the loss, and `test` by `test()`, the accuracy."""
    say(ready=True)
    for line in sys.stdin:
        order, *images = line.split()
        if order == "train":
            begin = time.perf_counter()
            loss = float(train(int(images[0])))
            say(seconds=time.perf_counter() - begin, loss=loss)
        else:
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            say(accuracy=float(test()), megabytes=peak)


def serve_inference(workloads):
    """Answers `check WORKLOAD` and `time WORKLOAD SECONDS`.

    `workloads(name)` gives two functions: one call, and the output that the last call left; or None.
    """
    say(ready=True)
    prepared = {}
    for line in sys.stdin:
        order, name, *seconds = line.split()
        if name not in prepared:
            prepared[name] = workloads(name)
        if prepared[name] is None:
            say()
            continue
        call, output = prepared[name]
        if order == "check":
            call()
            say(output=np.asarray(output(), "f8").ravel().tolist())
        else:
            median, best = latency(call, float(seconds[0]))
            say(median=median, best=best)


def latency(call, seconds):
    """The microseconds of a call: the median and the fastest of groups, after a warm-up."""
    begin = time.perf_counter()
    calls = 0
    while time.perf_counter() - begin < 0.3 * seconds or calls < 3:
        call()
        calls += 1
    group = range(int(GROUP * calls / (time.perf_counter() - begin)) + 1)
    groups = []
    begin = time.perf_counter()
    while time.perf_counter() - begin < seconds or len(groups) < 5:
        first = time.perf_counter()
        for _ in group:
            call()
        groups.append((time.perf_counter() - first) / len(group) * 1e6)
    groups.sort()
    return groups[len(groups) // 2], groups[0]
