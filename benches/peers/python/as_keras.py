"""The networks in Keras."""

import keras
from keras import layers as k

from networks import BatchNorm, Conv2d, Dense, Flatten, GlobalAvgPool2d, MaxPool2d, NETWORKS, Relu, Residual
from networks import parameters, weights


def model(network):
    """A network with its weights."""
    description = NETWORKS[network]
    named = {}
    inputs = k.Input(description.shape)
    result = keras.Model(inputs, chain(description.layers, inputs, named))
    tensors = weights(network)
    for layer, built in named.values():
        # A depthwise kernel has its channels where Keras has them too, before the multiplier.
        given = parameters(layer, tensors)
        built.set_weights([tensor.reshape(weight.shape) for tensor, weight in zip(given, built.weights)])
    return result


def chain(layers, x, named):
    for layer in layers:
        x = one(layer, x, named)
    return x


def one(layer, x, named):
    match layer:
        case Residual():
            shortcut = one(layer.shortcut, x, named) if layer.shortcut else x
            return k.Add()([chain(layer.layers, x, named), shortcut])
        case Relu():
            return k.ReLU()(x)
        case MaxPool2d():
            return k.MaxPooling2D(layer.size)(x)
        case Flatten():
            return k.Flatten()(x)
        case GlobalAvgPool2d():
            return k.GlobalAveragePooling2D()(x)
        case BatchNorm():
            built = k.BatchNormalization(momentum=0.9)
        case Dense():
            built = k.Dense(layer.units, activation=layer.activation)
        case Conv2d():
            built = convolution(layer)
    named[layer.name] = (layer, built)
    return built(x)


def convolution(layer):
    activation = "relu" if layer.relu else None
    settings = dict(strides=layer.stride, padding=layer.padding, activation=activation)
    if layer.depthwise:
        return k.DepthwiseConv2D(layer.kernel, **settings)
    return k.Conv2D(layer.filters, layer.kernel, **settings)
