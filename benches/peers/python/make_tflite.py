"""Writes the workloads as models of LiteRT, of floats and of int8 throughout, from typednet's weights."""

import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2  # noqa: E402

import as_keras  # noqa: E402
import worker  # noqa: E402
from networks import NETWORKS, SCALING, WORKLOADS  # noqa: E402


def converter(network, batch):
    model = as_keras.model(network)
    signature = tf.TensorSpec((batch, *NETWORKS[network].shape), tf.float32)
    function = tf.function(lambda x: model(x, training=False)).get_concrete_function(signature)
    return tf.lite.TFLiteConverter.from_concrete_functions([convert_variables_to_constants_v2(function)])


def int8(network, batch):
    random = np.random.default_rng(0)
    samples = random.random((20, batch, *NETWORKS[network].shape), dtype=np.float32)
    result = converter(network, batch)
    result.optimizations = [tf.lite.Optimize.DEFAULT]
    result.representative_dataset = lambda: ([sample] for sample in samples)
    result.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    result.inference_input_type = result.inference_output_type = tf.int8
    return result


folder = Path(worker.INSTALLED, "models")
for workload, (network, batch) in (WORKLOADS | SCALING).items():
    (folder / f"{workload}.tflite").write_bytes(converter(network, batch).convert())
for workload, (network, batch) in WORKLOADS.items():
    (folder / f"{workload}-int8.tflite").write_bytes(int8(network, batch).convert())
