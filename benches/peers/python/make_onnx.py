"""Writes the workloads as ONNX models, from typednet's weights, batch normalization folded."""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import worker
from networks import Conv2d, Dense, Flatten, GlobalAvgPool2d, MaxPool2d, NETWORKS, Relu, Residual, SCALING, WORKLOADS
from networks import borders, channels_first, folded, output_shape, parameters, weights


class Graph:
    """Nodes and weights, in the order in which they were added."""

    def __init__(self, tensors):
        self.tensors, self.nodes, self.weights = tensors, [], []

    def constant(self, array):
        name = f"weight{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(array, np.float32), name))
        return name

    def node(self, kind, *inputs, **attributes):
        output = f"value{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def chain(self, layers, shape, x):
        for layer in layers:
            x = self.one(layer, shape, x)
            shape = output_shape(layer, shape)
        return x

    def one(self, layer, shape, x):
        match layer:
            case Residual():
                shortcut = self.one(layer.shortcut, shape, x) if layer.shortcut else x
                return self.node("Add", self.chain(layer.layers, shape, x), shortcut)
            case Relu():
                return self.node("Relu", x)
            case MaxPool2d():
                return self.node("MaxPool", x, kernel_shape=[layer.size] * 2, strides=[layer.size] * 2)
            case Flatten():
                return self.node("Flatten", x)
            case GlobalAvgPool2d():
                return self.node("Flatten", self.node("GlobalAveragePool", x))
            case Dense():
                x = self.node("Gemm", x, *map(self.constant, parameters(layer, self.tensors)))
                kinds = {"relu": ("Relu", {}), "softmax": ("Softmax", {"axis": 1})}
                kind, attributes = kinds.get(layer.activation, (None, {}))
                return self.node(kind, x, **attributes) if kind else x
            case Conv2d():
                return self.convolution(layer, shape, x)

    def convolution(self, layer, shape, x):
        kernel, bias = parameters(layer, self.tensors)
        kernel = kernel.transpose(2, 3, 0, 1) if layer.depthwise else kernel.transpose(3, 2, 0, 1)
        rows, columns = borders(layer, shape)
        x = self.node(
            "Conv", x, self.constant(kernel), self.constant(bias), kernel_shape=layer.kernel,
            strides=[layer.stride] * 2, pads=[rows[0], columns[0], rows[1], columns[1]],
            group=shape[2] if layer.depthwise else 1)
        return self.node("Relu", x) if layer.relu else x


def write(workload, network, batch):
    description = NETWORKS[network]
    layers, tensors = folded(description.layers, weights(network))
    graph = Graph(channels_first(layers, description.shape, tensors))
    output = graph.chain(layers, description.shape, "x")
    shape = description.shape if len(description.shape) == 1 else [description.shape[axis] for axis in (2, 0, 1)]
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, [batch, *shape])]
    outputs = [helper.make_tensor_value_info(output, TensorProto.FLOAT, [batch, description.classes])]
    model = helper.make_model(
        helper.make_graph(graph.nodes, network, inputs, outputs, graph.weights),
        opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    onnx.save(model, Path(worker.INSTALLED, "models", f"{workload}.onnx"))
    # Workers written in Rust read the input in the layout that the model takes.
    sample = worker.sample(workload, (batch, *description.shape))
    sample = sample if sample.ndim == 2 else sample.transpose(0, 3, 1, 2)
    np.ascontiguousarray(sample).tofile(Path(worker.INSTALLED, "models", f"{workload}-channels-first.input"))


for workload, (network, batch) in (WORKLOADS | SCALING).items():
    write(workload, network, batch)
