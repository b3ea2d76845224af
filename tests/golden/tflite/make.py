"""Makes the files of this folder: small networks, and what TensorFlow Lite's kernels compute with them in int8.

    pip install tensorflow-cpu safetensors tflite-micro
    python make.py

See README.md for what is in the files.
"""

import json
import pathlib

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from safetensors.numpy import save_file
from tflite_micro import runtime

FOLDER = pathlib.Path(__file__).parent
SAMPLES = 100


def chain(x, *steps):
    for step in steps:
        x = step(x)
    return x


def convolution(name, filters, kernel, stride=1, **options):
    return layers.Conv2D(filters, kernel, stride, padding="same", name=name, **options)


def normalization(name):
    return layers.BatchNormalization(name=name)


def tutorial():
    """The network of the tutorial, smaller."""
    inputs = keras.Input([14, 14, 1])
    outputs = chain(
        inputs,
        layers.Conv2D(16, 3, activation="relu", name="conv"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dense(24, activation="relu", name="hidden"),
        layers.Dense(10, activation="softmax", name="digit"),
    )
    return keras.Model(inputs, outputs)


def ds_cnn():
    """Depthwise separable convolutions, as for the recognition of spoken words."""
    inputs = keras.Input([49, 10, 1])
    x = chain(inputs, convolution("conv", 24, (10, 4), 2), normalization("norm"), layers.ReLU())
    for block in range(4):
        name = f"block.{block}"
        across = layers.DepthwiseConv2D(3, padding="same", name=f"{name}.across")
        x = chain(x, across, normalization(f"{name}.across_norm"), layers.ReLU())
        along = convolution(f"{name}.along", 24, 1, use_bias=False)
        x = chain(x, along, normalization(f"{name}.along_norm"), layers.ReLU())
    word = layers.Dense(12, activation="softmax", name="word")
    return keras.Model(inputs, chain(x, layers.AveragePooling2D((25, 5)), layers.Flatten(), word))


def residual():
    """Residual blocks, with and without a convolution beside them."""
    inputs = keras.Input([12, 12, 3])
    x = chain(inputs, convolution("conv", 8, 3), normalization("norm"), layers.ReLU())
    for name, filters, stride in [("block_1", 8, 1), ("block_2", 12, 2), ("block_3", 16, 2)]:
        first = convolution(f"{name}.first", filters, 3, stride)
        y = chain(x, first, normalization(f"{name}.first_norm"), layers.ReLU())
        y = chain(y, convolution(f"{name}.second", filters, 3), normalization(f"{name}.second_norm"))
        if stride != 1:
            x = convolution(f"{name}.shortcut", filters, 1, stride)(x)
        x = layers.ReLU()(layers.Add(name=name)([y, x]))
    mean = layers.GlobalAveragePooling2D(name="mean")
    return keras.Model(inputs, chain(x, mean, layers.Dense(10, activation="softmax", name="class")))


def branches():
    """The other operations: paths side by side and what joins them, more activations and pools."""
    inputs = keras.Input([11, 10, 2])
    x = chain(inputs, convolution("conv", 8, 3), layers.ReLU(6), layers.MaxPooling2D(3, 2, padding="same"))
    wide = layers.DepthwiseConv2D(3, padding="same", depth_multiplier=2, name="sides.wide.conv")
    tall = convolution("sides.tall.conv", 6, (3, 2))
    bent = convolution("sides.bent.conv", 4, 1)
    x = layers.Concatenate(name="sides")([
        chain(x, wide, layers.Activation("tanh")),
        chain(x, tall, layers.ReLU()),
        chain(x, bent, layers.LeakyReLU(name="sides.bent.leaky")),
    ])
    gate = chain(x, convolution("gate.open.conv", 12, 1), layers.Activation("sigmoid"))
    value = chain(x, convolution("gate.value.conv", 12, 2), layers.Activation("hard_silu", name="gate.value.silu"))
    x = layers.Multiply(name="gate")([value, gate])
    x = chain(x, layers.AveragePooling2D(2, padding="same"), layers.Flatten())
    return keras.Model(inputs, layers.Dense(10, use_bias=False, name="last")(x))


def variances(shape, random, epsilon):
    """Variances whose reciprocal roots TensorFlow rounds correctly: of others the last bit depends on the processor."""
    drawn = random.uniform(0.3, 3, 100 * np.prod(shape)).astype(np.float32)
    moved = drawn + np.float32(epsilon)
    right = (1 / np.sqrt(moved.astype(np.float64))).astype(np.float32)
    vector, scalar = tf.math.rsqrt(moved).numpy(), np.float32(1) / np.sqrt(moved)
    return drawn[(vector == right) & (scalar == right)][: np.prod(shape)].reshape(shape)


def randomize(model, random, last):
    """Weights, biases and the statistics of normalizations, all different; `last` is the gain of the last layer."""
    for layer in model.layers:
        # A normalization divides by more than the sums need.
        gain = last if layer is model.layers[-1] else 4
        for weight in layer.weights:
            shape, kind = weight.shape, weight.name
            if kind == "kernel":
                products = np.prod(shape[:2] if isinstance(layer, layers.DepthwiseConv2D) else shape[:-1])
                values = random.normal(0, np.sqrt(gain / products), shape)
            elif kind == "moving_variance":
                values = variances(shape, random, layer.epsilon)
            elif kind == "gamma":
                # One factor in six turns its channel around.
                values = random.uniform(0.5, 1.5, shape) * random.choice([-1, 1, 1, 1, 1, 1], shape)
            else:
                values = random.normal(0, 0.1, shape)
            weight.assign(values.astype(np.float32))


def images(shape, random, size):
    """Waves of any length and direction under noise, so that means differ from image to image too."""
    rows, columns, channels = shape
    y, x = np.mgrid[:rows, :columns]

    def image():
        image = random.normal(0, 0.2, shape)
        for channel in range(channels):
            down, right, phase = random.uniform(0, 1, 3) * [6 / rows, 6 / columns, 2 * np.pi]
            image[..., channel] += random.uniform(0, 1) * np.cos(down * y + right * x + phase)
        return size * image

    return np.stack([image() for _ in range(SAMPLES)]).astype(np.float32)


def converted(model, samples):
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([sample[None]] for sample in samples)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = tf.int8
    converter.inference_output_type = tf.int8
    return converter.convert()


def interpreter(flatbuffer):
    reference = tf.lite.experimental.OpResolverType.BUILTIN_REF
    result = tf.lite.Interpreter(
        model_content=flatbuffer,
        experimental_op_resolver_type=reference,
        experimental_preserve_all_tensors=True,
    )
    result.allocate_tensors()
    return result


def run(reference, flatbuffer, inputs):
    """The outputs of TensorFlow Lite Micro and those of the reference kernels for desktops."""
    preserve = runtime.InterpreterConfig.kPreserveAllTensors
    micro = runtime.Interpreter.from_bytes(flatbuffer, intrepreter_config=preserve)
    operations = reference._get_ops_details()
    outputs = []
    for sample in inputs:
        micro.set_input(sample[None], 0)
        micro.invoke()
        reference.set_tensor(reference.get_input_details()[0]["index"], sample[None])
        reference.invoke()
        pairs = [both(micro, reference, operation["outputs"][0]) for operation in operations]
        outputs.append([value[0] for value in pairs[-1]])
        different = (x["op_name"] for x, (one, other) in zip(operations, pairs) if (one != other).any())
        # What comes after may differ because of it.
        assert next(different, "FULLY_CONNECTED") == "FULLY_CONNECTED"
    return [np.stack(of) for of in zip(*outputs)]


def both(micro, reference, tensor):
    return micro.GetTensor(int(tensor), 0)["tensor_data"], reference.get_tensor(tensor)


def quantization(tensor):
    """Scale and zero point of a tensor of activations."""
    parameters = tensor["quantization_parameters"]
    (scale,), (zero_point,) = parameters["scales"], parameters["zero_points"]
    return {"scale": float(scale), "zero_point": int(zero_point)}


# The operations whose outputs have quantizations of their own, and the layers that they compute.
KINDS = {
    "CONV_2D": layers.Conv2D,
    "DEPTHWISE_CONV_2D": layers.DepthwiseConv2D,
    "FULLY_CONNECTED": layers.Dense,
    "ADD": layers.Add,
    "MUL": layers.Multiply,
    "CONCATENATION": layers.Concatenate,
    "LEAKY_RELU": layers.LeakyReLU,
    "HARD_SWISH": layers.Activation,
    "MEAN": layers.GlobalAveragePooling2D,
}


def operations(model, reference):
    """The layer, the inputs and the output of each operation of `KINDS`; names of outputs say where they are from."""
    tensors = {tensor["index"]: tensor for tensor in reference.get_tensor_details()}
    for operation in reference._get_ops_details():
        kind = KINDS.get(operation["op_name"])
        if kind:
            output = tensors[operation["outputs"][0]]
            layers_of = (x for x in model.layers if isinstance(x, kind) and f"/{x.name}_1/" in output["name"])
            layer = next(layers_of, model.layers[-1])
            # There is no tensor -1, which stands for none.
            yield layer, [tensors[index] for index in operation["inputs"] if index != -1], output


def write(build, last, seed):
    random = np.random.default_rng(seed)
    model = build()
    shape = model.input_shape[1:]
    randomize(model, random, last)
    flatbuffer = converted(model, images(shape, random, 1))
    reference = interpreter(flatbuffer)
    input = quantization(reference.get_input_details()[0])
    # Some of these are beyond all that the converter saw, so that bytes reach their limits.
    inputs = np.round(images(shape, random, 1.2) / input["scale"] + input["zero_point"]).clip(-128, 127).astype(np.int8)
    micro, desktop = run(reference, flatbuffer, inputs)
    values, tensors = {"input": input}, {"input": inputs, "output": micro, "desktop": desktop}
    for layer, (of, *weights), output in operations(model, reference):
        values[layer.name] = quantization(output)
        if layer.weights:
            values[layer.name]["of"] = quantization(of)
            tensors[f"{layer.name}.scales"] = weights[0]["quantization_parameters"]["scales"]
            for name, tensor in zip(["kernel", "bias"], weights):
                tensors[f"{layer.name}.{name}"] = reference.get_tensor(tensor["index"])
    save(f"{build.__name__}_int8", tensors, {"config": json.dumps({"values": values})})
    save(build.__name__, {f"{layer.name}.{w.name}": w.numpy() for layer in model.layers for w in layer.weights})


def save(name, tensors, metadata=None):
    path = FOLDER / f"{name}.safetensors"
    save_file(tensors, path, metadata)
    path.chmod(0o644)


if __name__ == "__main__":
    # Probabilities that are not all zeros and ones tell more.
    for seed, (build, last) in enumerate([(tutorial, 1), (ds_cnn, 2), (residual, 0.1), (branches, 4)], 1):
        write(build, last, seed)
