"""The networks that are compared, as lists of layers, and their weights in typednet's files.

Each peer written in Python builds its own model from these lists. Layers have the names that they have in
`typednet/src/lib.rs`, so that the tensor `NAME.kernel` of a file belongs to the layer `NAME`.
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

import worker
from sizes import BATCHES, WIDE_BATCH, WIDTHS


@dataclass(frozen=True)
class Conv2d:
    name: str
    filters: int
    kernel: tuple = (3, 3)
    stride: int = 1
    padding: str = "same"
    relu: bool = False
    depthwise: bool = False


@dataclass(frozen=True)
class Dense:
    name: str
    units: int
    activation: str = "linear"


@dataclass(frozen=True)
class BatchNorm:
    name: str


@dataclass(frozen=True)
class Relu:
    pass


@dataclass(frozen=True)
class MaxPool2d:
    size: int


@dataclass(frozen=True)
class Flatten:
    pass


@dataclass(frozen=True)
class GlobalAvgPool2d:
    pass


@dataclass(frozen=True)
class Residual:
    layers: list
    shortcut: Conv2d | None = None


@dataclass(frozen=True)
class Network:
    shape: tuple
    classes: int
    layers: list


def ds_cnn():
    layers = [Conv2d("stem", 64, (10, 4), 2), BatchNorm("stem_norm"), Relu()]
    for block in range(4):
        name = f"blocks.{block}"
        layers += [Conv2d(f"{name}.depthwise", 64, depthwise=True), BatchNorm(f"{name}.depthwise_norm"), Relu()]
        layers += [Conv2d(f"{name}.pointwise", 64, (1, 1)), BatchNorm(f"{name}.pointwise_norm"), Relu()]
    return layers + [GlobalAvgPool2d(), Dense("word", 12, "softmax")]


def residual(name, filters, stride):
    shortcut = None if stride == 1 else Conv2d(f"{name}.shortcut", filters, (1, 1), stride)
    layers = [
        Conv2d(f"{name}.one", filters, stride=stride), BatchNorm(f"{name}.one_norm"), Relu(),
        Conv2d(f"{name}.two", filters), BatchNorm(f"{name}.two_norm"),
    ]
    return [Residual(layers, shortcut), Relu()]


NETWORKS = {
    "digits": Network((28, 28, 1), 10, [
        Conv2d("conv", 32, padding="valid", relu=True), MaxPool2d(2), Flatten(),
        Dense("hidden", 128, "relu"), Dense("digit", 10, "softmax"),
    ]),
    "perceptron": Network((28, 28, 1), 10, [Flatten(), Dense("hidden", 128, "relu"), Dense("digit", 10, "softmax")]),
    "controller": Network((4,), 1, [Dense("first", 16, "relu"), Dense("second", 16, "relu"), Dense("output", 1)]),
    "ds-cnn": Network((49, 10, 1), 12, ds_cnn()),
    "autoencoder": Network((640,), 640, [
        Dense("narrow", 128, "relu"), *(Dense(f"encoder.{n}.dense", 128, "relu") for n in range(3)),
        Dense("code", 8, "relu"),
        Dense("widen", 128, "relu"), *(Dense(f"decoder.{n}.dense", 128, "relu") for n in range(3)),
        Dense("output", 640),
    ]),
    "resnet-8": Network((32, 32, 3), 10, [
        Conv2d("stem", 16), BatchNorm("stem_norm"), Relu(),
        *residual("first", 16, 1), *residual("second", 32, 2), *residual("third", 64, 2),
        GlobalAvgPool2d(), Dense("class", 10, "softmax"),
    ]),
}

# What is inferred: the network and the samples of a call.
WORKLOADS = {name: (name, 1) for name in NETWORKS} | {"digits-128": ("digits", 128)}

# What shows how time grows: with the samples of a call, and with the width of a square dense layer.
NETWORKS |= {
    f"dense-{width}": Network((width,), 10, [Dense("hidden", width, "relu"), Dense("class", 10, "softmax")])
    for width in WIDTHS
}
SCALING = {f"digits-{batch}": ("digits", batch) for batch in BATCHES if batch > 1}
SCALING |= {f"dense-{width}-{WIDE_BATCH}": (f"dense-{width}", WIDE_BATCH) for width in WIDTHS}


def weights(network):
    """The tensors of a network by their names, read from its safetensors file."""
    content = Path(worker.INSTALLED, "models", f"{network}.safetensors").read_bytes()
    length = int.from_bytes(content[:8], "little")
    header, data = json.loads(content[8:8 + length]), content[8 + length:]
    header.pop("__metadata__", None)
    return {
        name: np.frombuffer(data[slice(*tensor["data_offsets"])], "<f4").reshape(tensor["shape"])
        for name, tensor in header.items()
    }


def parameters(layer, tensors):
    """The tensors of a layer in Keras's order and layouts."""
    if isinstance(layer, BatchNorm):
        return [tensors[f"{layer.name}.{part}"] for part in ("gamma", "beta", "moving_mean", "moving_variance")]
    return [tensors[f"{layer.name}.kernel"], tensors[f"{layer.name}.bias"]]


def folded(layers, tensors):
    """The layers without batch normalization, which becomes part of the convolution before it, and ReLU joined to it.

    This is what ONNX Runtime and LiteRT make of a network, and what is fastest for PyTorch and JAX too.
    """
    result, tensors = [], dict(tensors)
    for layer in layers:
        last = result[-1] if result else None
        if isinstance(layer, BatchNorm):
            gamma, beta, mean, variance = parameters(layer, tensors)
            scale = gamma / np.sqrt(variance + 1e-3)
            kernel, bias = parameters(last, tensors)
            tensors[f"{last.name}.kernel"] = kernel * (scale[:, None] if last.depthwise else scale)
            tensors[f"{last.name}.bias"] = (bias - mean) * scale + beta
        elif isinstance(layer, Relu) and isinstance(last, Conv2d):
            result[-1] = replace(last, relu=True)
        elif isinstance(layer, Residual):
            inner, tensors = folded(layer.layers, tensors)
            result.append(replace(layer, layers=inner))
        else:
            result.append(layer)
    return result, tensors


def borders(layer, shape):
    """The zeros around an image: before and after its rows, before and after its columns."""
    if layer.padding == "valid":
        return (0, 0), (0, 0)
    result = []
    for size, kernel in zip(shape[:2], layer.kernel):
        total = max((-(-size // layer.stride) - 1) * layer.stride + kernel - size, 0)
        result.append((total // 2, total - total // 2))
    return tuple(result)


def output_shape(layer, shape):
    """What a layer makes of a shape."""
    match layer:
        case Conv2d():
            sizes = [
                (size + sum(border) - kernel) // layer.stride + 1
                for size, border, kernel in zip(shape, borders(layer, shape), layer.kernel)]
            return (*sizes, layer.filters)
        case Dense():
            return (layer.units,)
        case MaxPool2d():
            return (shape[0] // layer.size, shape[1] // layer.size, shape[2])
        case Flatten():
            return (int(np.prod(shape)),)
        case GlobalAvgPool2d():
            return shape[-1:]
        case Residual():
            for inner in layer.layers:
                shape = output_shape(inner, shape)
            return shape
    return shape


def channels_first(layers, shape, tensors):
    """The tensors for a peer whose images are `[C, H, W]`: a dense layer behind them finds its inputs in that order."""
    tensors = dict(tensors)
    flattened = None
    for layer in layers:
        if isinstance(layer, Flatten):
            flattened = shape
        elif isinstance(layer, Dense) and flattened:
            kernel = tensors[f"{layer.name}.kernel"].reshape(*flattened, -1)
            tensors[f"{layer.name}.kernel"] = kernel.transpose(2, 0, 1, 3).reshape(-1, layer.units)
            flattened = None
        shape = output_shape(layer, shape)
    return tensors
