"""Infers with LiteRT and XNNPACK by orders; only `invoke` is measured. usage: infer_litert.py f32|int8"""

import sys
from pathlib import Path

from ai_edge_litert.interpreter import Interpreter
import numpy as np

import worker


def workload(name):
    suffix = "-int8" if sys.argv[1] == "int8" else ""
    path = Path(worker.INSTALLED, "models", f"{name}{suffix}.tflite")
    if not path.exists():
        return None
    interpreter = Interpreter(str(path), num_threads=worker.THREADS)
    interpreter.allocate_tensors()
    inputs, outputs = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    sample = worker.sample(name, inputs["shape"])
    if suffix:
        scale, zero = inputs["quantization"]
        sample = np.clip(np.round(sample / scale) + zero, -128, 127).astype(np.int8)
    interpreter.set_tensor(inputs["index"], sample)

    def output():
        result = interpreter.get_tensor(outputs["index"])
        if suffix:
            scale, zero = outputs["quantization"]
            result = (result.astype(np.float32) - zero) * scale
        return result

    return interpreter.invoke, output


worker.serve_inference(workload)
