"""The networks as functions of JAX: parameters and images `[batch, H, W, C]` give outputs."""

import jax
import jax.numpy as jnp

from networks import BatchNorm, Conv2d, Dense, Flatten, GlobalAvgPool2d, MaxPool2d, Relu, Residual


def forward(layers, tensors, x, logits=False):
    """The output; with `logits`, without the last softmax."""
    for layer in layers:
        x = one(layer, tensors, x, logits)
    return x


def one(layer, tensors, x, logits):
    match layer:
        case Residual():
            shortcut = one(layer.shortcut, tensors, x, False) if layer.shortcut else x
            return forward(layer.layers, tensors, x) + shortcut
        case Relu():
            return jax.nn.relu(x)
        case MaxPool2d():
            window = (1, layer.size, layer.size, 1)
            return jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, window, window, "VALID")
        case Flatten():
            return x.reshape(x.shape[0], -1)
        case GlobalAvgPool2d():
            return x.mean((1, 2))
        case BatchNorm():
            raise NotImplementedError("batch normalization is folded, or not trained with JAX here")
        case Dense():
            x = x @ tensors[f"{layer.name}.kernel"] + tensors[f"{layer.name}.bias"]
            if layer.activation == "softmax" and not logits:
                return jax.nn.softmax(x)
            return jax.nn.relu(x) if layer.activation == "relu" else x
        case Conv2d():
            return convolution(layer, tensors, x)


def convolution(layer, tensors, x):
    kernel, groups = tensors[f"{layer.name}.kernel"], 1
    if layer.depthwise:
        groups = x.shape[-1]
        kernel = kernel.reshape(*layer.kernel, 1, layer.filters)
    x = jax.lax.conv_general_dilated(
        x, kernel, (layer.stride, layer.stride), layer.padding.upper(), dimension_numbers=("NHWC", "HWIO", "NHWC"),
        feature_group_count=groups)
    x = x + tensors[f"{layer.name}.bias"]
    return jax.nn.relu(x) if layer.relu else x
