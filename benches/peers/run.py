#!/usr/bin/env python3
"""Measures typednet and the other libraries, interleaved, and writes the tables of `results.md`.

    run.py limits                              what a core can do at most
    run.py check                               all infer the same: to 1e-4 of typednet's outputs, f16 to 5e-3, int8 to 0.1
    run.py inference [--threads N]             microseconds of a call
    run.py training NETWORK [--threads N]      images a second
    run.py epoch NETWORK [--threads N]         one whole epoch of each, and the accuracy after it
    run.py scaling [batch | width | threads]   how time grows with these: the figures of `docs/scaling`
    run.py report                              results.md, from what the other commands left in `installed/results`
    run.py all                                 all of these, one after the other

All workers of a command are started first and stay; then each in turn works while the others are stopped, round by
round (A B C, A B C, ...), after a first round that is not counted. A worker reads orders from its standard input, a line
each, and answers with one line of JSON:

    check WORKLOAD           {"output": [...]}                       {} if the worker does not have this workload
    time WORKLOAD SECONDS    {"median": .., "best": ..}              microseconds, of groups of calls
    train IMAGES             {"seconds": .., "loss": ..}             an epoch of the first so many images, shuffled
    test                     {"accuracy": .., "megabytes": ..}

Everything is bound to the first `--threads` cores. `--only NAME,NAME` leaves the other workers out.
"""

import argparse
import json
import subprocess
import sys
from statistics import median

import peers
import report
import scaling
from files import error, keep, known

WORKLOADS = ["digits", "perceptron", "controller", "ds-cnn", "autoencoder", "resnet-8", "digits-128"]

# How much the outputs may differ where numbers are stored in fewer bits.
TOLERANCES = {"f16": 5e-3, "int8": 0.1}

# A slice of an epoch: enough for some hundred milliseconds of the fastest.
SLICE = {"digits": 5120, "perceptron": 15360, "ds-cnn": 1280, "resnet-8": 640}

# The seconds of a slice from which on a peer is given a quarter of it.
LONG = 5

# The commands of `all`.
ALL = [
    "limits", "check",
    "training digits", "training digits --threads 2", "training perceptron", "training perceptron --threads 2",
    "training ds-cnn", "training resnet-8",
    "inference", "inference --threads 2 --workloads digits-128",
    "epoch perceptron", "epoch digits", "scaling", "report",
]

SAMPLES = {"digits": 60_000, "perceptron": 60_000, "ds-cnn": 8_000, "resnet-8": 8_000}


def start(commands, arguments):
    """The workers that could be started and are not left out."""
    return peers.start({
        name: command for name, command in commands.items() if not arguments.only or name in arguments.only
    }, arguments.threads)


def limits(_):
    program = ["taskset", "-c", "0", peers.NATIVE / "limits"]
    facts = json.loads(subprocess.run(program, check=True, capture_output=True, text=True).stdout)
    print(facts)
    keep("limits", facts)


def check(arguments):
    wrong = 0
    for name, worker in start(peers.inferrers(), arguments).items():
        for workload in WORKLOADS:
            answer = worker.ask(f"check {workload}")
            if not answer:
                continue
            difference = error(workload, answer["output"])
            tolerance = TOLERANCES.get(name.split(", ")[-1], 1e-4)
            wrong += difference > tolerance
            print(f"{name:20} {workload:12} differs by {difference:.1e}{'  WRONG' if difference > tolerance else ''}")
        worker.end()
    if wrong:
        sys.exit(f"{wrong} outputs are not typednet's")


def inference(arguments):
    workers = start(peers.inferrers(), arguments)
    facts = {name: {} for name in workers}
    for round in range(arguments.rounds + 1):
        for workload in arguments.workloads or WORKLOADS:
            for name, worker in workers.items():
                answer = worker.ask(f"time {workload} {arguments.seconds}")
                if answer and round > 0:
                    facts[name].setdefault(workload, []).append([answer["median"], answer["best"]])
        print("round", round, flush=True)
    for worker in workers.values():
        worker.end()
    for name, workloads in facts.items():
        line = "  ".join(f"{workload} {median(pair[0] for pair in pairs):.4g}" for workload, pairs in workloads.items())
        print(f"{name:20} {line}")
    file = f"inference-{arguments.threads}"
    before = known(file)
    keep(file, before | {name: before.get(name, {}) | new for name, new in facts.items()})


def training(arguments):
    network = arguments.subject
    workers = start(peers.trainers(network), arguments)
    facts = {name: [] for name in workers}
    slices = dict.fromkeys(workers, SLICE[network])
    for round in range(arguments.rounds + 1):
        for name, worker in workers.items():
            answer = worker.ask(f"train {slices[name]}")
            if answer and round > 0:
                facts[name].append(answer["seconds"] * SAMPLES[network] / slices[name])
            elif answer and answer["seconds"] > LONG:
                slices[name] //= 4
    for name, worker in workers.items():
        print(f"{name:24} {median(facts[name]):.3f} s an epoch (best {min(facts[name]):.3f})")
        worker.end()
    file = f"training-{network}-{arguments.threads}"
    keep(file, known(file) | facts)


def epoch(arguments):
    network, facts = arguments.subject, {}
    for name, worker in start(peers.trainers(network), arguments).items():
        seconds = worker.ask(f"train {SAMPLES[network]}")
        facts[name] = {**seconds, **worker.ask("test")}
        worker.end()
        print(name, facts[name], flush=True)
    file = f"epoch-{network}-{arguments.threads}"
    keep(file, known(file) | facts)
    accuracies = [fact["accuracy"] for fact in facts.values()]
    if max(accuracies) - min(accuracies) > 0.01:
        sys.exit("the accuracies differ by more than a hundredth")


def everything(_):
    for command in ALL:
        print(f"run.py {command}", flush=True)
        subprocess.run([sys.executable, __file__, *command.split()], check=True)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["limits", "check", "inference", "training", "epoch", "scaling", "report", "all"])
    parser.add_argument("subject", nargs="?", help="a network (`digits` by default), or a figure (all by default)")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.1, help="of each measurement of a latency")
    parser.add_argument("--workloads", type=lambda names: names.split(","))
    parser.add_argument("--only", type=lambda names: names.split(","))
    result = parser.parse_args()
    subjects = {"training": SLICE, "epoch": SLICE, "scaling": scaling.FIGURES}.get(result.command, [])
    if result.command in ("training", "epoch"):
        result.subject = result.subject or "digits"
    if result.subject and result.subject not in subjects:
        parser.error(f"{result.command} knows {', '.join(subjects) or 'nothing more'}, not {result.subject}")
    return result


if __name__ == "__main__":
    chosen = arguments()
    commands = {
        "limits": limits, "check": check, "inference": inference, "training": training, "epoch": epoch,
        "scaling": scaling.run,
        "all": everything,
        "report": lambda _: report.write(peers.INSTALLED / "results", peers.HERE / "results.md"),
    }
    commands[chosen.command](chosen)
