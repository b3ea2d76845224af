"""Infers with JAX by orders, compiled, batch normalization folded."""

import worker

worker.xla_flags()

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402

import as_jax  # noqa: E402
from networks import NETWORKS, WORKLOADS, folded, weights  # noqa: E402


def workload(name):
    network, batch = WORKLOADS[name]
    layers, tensors = folded(NETWORKS[network].layers, weights(network))
    tensors = {name: jnp.asarray(tensor) for name, tensor in tensors.items()}
    function = jax.jit(lambda tensors, x: as_jax.forward(layers, tensors, x))
    inputs = jnp.asarray(worker.sample(name, (batch, *NETWORKS[network].shape)))
    call = lambda: jax.block_until_ready(function(tensors, inputs))
    return call, call


worker.serve_inference(workload)
