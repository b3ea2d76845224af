"""The networks in PyTorch, images as `[C, H, W]`. The last activation is left out for training: the loss has it."""

import numpy as np
import torch
from torch import nn

from networks import BatchNorm, Conv2d, Dense, Flatten, GlobalAvgPool2d, MaxPool2d, NETWORKS, Relu, Residual
from networks import borders, channels_first, folded, output_shape, parameters, weights


class Sum(nn.Module):
    """A residual block."""

    def __init__(self, block, shortcut):
        super().__init__()
        self.block, self.shortcut = block, shortcut

    def forward(self, x):
        return self.block(x) + self.shortcut(x)


def model(network, training):
    """A network with its weights."""
    description = NETWORKS[network]
    layers, tensors = description.layers, weights(network)
    if not training:
        layers, tensors = folded(layers, tensors)
    tensors = channels_first(layers, description.shape, tensors)
    built = chain(layers, description.shape, tensors)
    if training and layers[-1].activation == "softmax":
        built = built[:-1]
    return built.train(training)


def chain(layers, shape, tensors):
    modules = []
    for layer in layers:
        modules += one(layer, shape, tensors)
        shape = output_shape(layer, shape)
    return nn.Sequential(*modules)


def one(layer, shape, tensors):
    match layer:
        case Residual():
            shortcut = one(layer.shortcut, shape, tensors) if layer.shortcut else []
            return [Sum(chain(layer.layers, shape, tensors), nn.Sequential(*shortcut))]
        case Relu():
            return [nn.ReLU()]
        case MaxPool2d():
            return [nn.MaxPool2d(layer.size)]
        case Flatten():
            return [nn.Flatten()]
        case GlobalAvgPool2d():
            return [nn.AdaptiveAvgPool2d(1), nn.Flatten()]
        case BatchNorm():
            return [normalization(layer, tensors)]
        case Dense():
            return dense(layer, tensors)
        case Conv2d():
            return convolution(layer, shape, tensors)


def tensor(array):
    return torch.from_numpy(np.array(array))


def normalization(layer, tensors):
    gamma, beta, mean, variance = map(tensor, parameters(layer, tensors))
    # A momentum of 0.9 in Keras's sense.
    built = nn.BatchNorm2d(len(gamma), eps=1e-3, momentum=0.1)
    built.load_state_dict({"weight": gamma, "bias": beta, "running_mean": mean, "running_var": variance}, strict=False)
    return built


def dense(layer, tensors):
    kernel, bias = map(tensor, parameters(layer, tensors))
    built = nn.Linear(*kernel.shape)
    built.load_state_dict({"weight": kernel.T, "bias": bias})
    activation = {"relu": [nn.ReLU()], "softmax": [nn.Softmax(1)], "linear": []}
    return [built, *activation[layer.activation]]


def convolution(layer, shape, tensors):
    kernel, bias = map(tensor, parameters(layer, tensors))
    kernel = kernel.permute(2, 3, 0, 1) if layer.depthwise else kernel.permute(3, 2, 0, 1)
    rows, columns = borders(layer, shape)
    even = rows[0] == rows[1] and columns[0] == columns[1]
    built = nn.Conv2d(
        shape[2], layer.filters, layer.kernel, layer.stride, padding=(rows[0], columns[0]) if even else 0,
        groups=shape[2] if layer.depthwise else 1)
    built.load_state_dict({"weight": kernel, "bias": bias})
    padding = [] if even else [nn.ZeroPad2d((*columns, *rows))]
    return [*padding, built, *([nn.ReLU()] if layer.relu else [])]
