"""Writes the images that networks are trained with into `data`: MNIST, and made-up ones for the other networks.

usage: make_data.py FOLDER_OF_MNIST

Made-up images are the pattern of their class with noise over it, so that a training can be seen to learn.
"""

import gzip
import sys
from pathlib import Path

import numpy as np

import worker
from networks import NETWORKS

MADE_UP = {"ds-cnn": (8_000, 1_000), "resnet-8": (8_000, 1_000)}
MNIST = {"train": "train", "test": "t10k"}


def mnist(folder):
    for part, name in MNIST.items():
        images = gzip.decompress((folder / f"{name}-images-idx3-ubyte.gz").read_bytes())[16:]
        labels = gzip.decompress((folder / f"{name}-labels-idx1-ubyte.gz").read_bytes())[8:]
        for network in ("digits", "perceptron"):
            write(network, part, images, labels)


def made_up(network, counts):
    random = np.random.default_rng(1)
    shape, classes = NETWORKS[network].shape, NETWORKS[network].classes
    patterns = random.integers(64, 192, (classes, *shape))
    for part, count in zip(MNIST, counts):
        labels = random.integers(0, classes, count).astype(np.uint8)
        images = patterns[labels] + random.integers(-64, 64, (count, *shape))
        write(network, part, images.astype(np.uint8).tobytes(), labels.tobytes())


def write(network, part, images, labels):
    folder = Path(worker.INSTALLED, "data")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{network}-{part}.images").write_bytes(images)
    (folder / f"{network}-{part}.labels").write_bytes(labels)


mnist(Path(sys.argv[1]))
for name, sizes in MADE_UP.items():
    made_up(name, sizes)
