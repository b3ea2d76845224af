"""Trains a network with JAX and Adam by hand, by orders. usage: train_jax.py NETWORK BATCH

A whole epoch is one compiled loop over batches that are gathered inside it, which was the fastest of several ways.
"""

import sys

import worker

worker.xla_flags()

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402

import as_jax  # noqa: E402
from networks import NETWORKS, weights  # noqa: E402

network, batch = sys.argv[1], int(sys.argv[2])
layers, shape = NETWORKS[network].layers, NETWORKS[network].shape


def pixels(images):
    return images.reshape(-1, *shape).astype(jnp.float32) * (1 / 255)


def loss_of(tensors, images, labels):
    logits = as_jax.forward(layers, tensors, pixels(images), logits=True)
    return -jnp.take_along_axis(jax.nn.log_softmax(logits), labels[:, None], 1).mean()


def step(state, rows):
    tensors, mean, square, count = state
    loss, gradient = jax.value_and_grad(loss_of)(tensors, images[rows], labels[rows])
    count = count + 1
    rate = 1e-3 * jnp.sqrt(1 - 0.999**count) / (1 - 0.9**count)
    mean = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, mean, gradient)
    square = jax.tree.map(lambda s, g: 0.999 * s + 0.001 * g * g, square, gradient)
    tensors = jax.tree.map(lambda t, m, s: t - rate * m / (jnp.sqrt(s) + 1e-7), tensors, mean, square)
    return (tensors, mean, square, count), loss


images, labels = worker.images(network, "train")
images, labels = jnp.asarray(images), jnp.asarray(labels.astype(np.int32))
tensors = {name: jnp.asarray(tensor) for name, tensor in weights(network).items()}
state = (tensors, jax.tree.map(jnp.zeros_like, tensors), jax.tree.map(jnp.zeros_like, tensors), jnp.float32(0))
epoch = jax.jit(lambda state, rows: jax.lax.scan(step, state, rows), donate_argnums=0)
answer = jax.jit(lambda tensors, images: as_jax.forward(layers, tensors, pixels(images), logits=True).argmax(1))
random = np.random.default_rng(1)


def train(count):
    global state
    # The last batch is left out if it is not whole.
    rows = random.permutation(min(count, len(images)))
    rows = rows[:len(rows) // batch * batch].reshape(-1, batch)
    state, losses = epoch(state, jnp.asarray(rows))
    return losses.mean()


def test():
    test_images, test_labels = worker.images(network, "test")
    return (np.asarray(answer(state[0], test_images)) == test_labels).mean()


worker.serve_training(train, test)
