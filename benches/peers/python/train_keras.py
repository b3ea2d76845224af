"""Trains a network with Keras by orders. usage: KERAS_BACKEND=tensorflow|jax train_keras.py NETWORK BATCH"""

import os
import sys

import worker

BACKEND = os.environ.setdefault("KERAS_BACKEND", "tensorflow")
if BACKEND == "jax":
    worker.xla_flags()

import keras  # noqa: E402

if BACKEND == "tensorflow":
    import tensorflow

    tensorflow.config.threading.set_intra_op_parallelism_threads(worker.THREADS)
    tensorflow.config.threading.set_inter_op_parallelism_threads(1)

import as_keras  # noqa: E402
from networks import NETWORKS  # noqa: E402

network, batch = sys.argv[1], int(sys.argv[2])
shape = NETWORKS[network].shape
keras.utils.set_random_seed(1)
model = as_keras.model(network)
# Keras decides by itself whether XLA compiles the step; on TensorFlow without a graphics card it does not, and is
# faster for it.
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])


def pixels(part):
    images, labels = worker.images(network, part)
    return images.reshape(-1, *shape).astype("float32") / 255, labels


inputs, labels = pixels("train")
test_inputs, test_labels = pixels("test")


def train(images):
    history = model.fit(inputs[:images], labels[:images], batch_size=batch, epochs=1, verbose=0)
    return history.history["loss"][-1]


def test():
    return (model.predict(test_inputs, batch_size=500, verbose=0).argmax(1) == test_labels).mean()


worker.serve_training(train, test)
