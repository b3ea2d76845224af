"""Who is compared: the workers, and how each is started.

Where things are is told by environment variables, which `setup.sh` reads too:
PEERS_INSTALLED  everything below and the models and data; `installed` beside this file by default
PEERS_PYTHON     the Python environment with Keras, JAX, LiteRT and ONNX Runtime
PEERS_TORCH      the Python environment with PyTorch
PEERS_OURS, PEERS_NATIVE   the folders of the programs in Rust: typednet's, for any processor, and the others', for this
"""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
INSTALLED = Path(os.environ.get("PEERS_INSTALLED", HERE / "installed"))
PYTHON = Path(os.environ.get("PEERS_PYTHON", INSTALLED / "python"))
TORCH = Path(os.environ.get("PEERS_TORCH", INSTALLED / "torch"))
OURS = Path(os.environ.get("PEERS_OURS", INSTALLED / "ours")) / "release"
NATIVE = Path(os.environ.get("PEERS_NATIVE", INSTALLED / "native")) / "release"

US = "typednet"


def python(script, *arguments, environment=PYTHON):
    return [environment / "bin/python", HERE / "python" / script, *arguments]


def torch(script, *arguments):
    return python(script, *arguments, environment=TORCH)


def trainers(network):
    """The workers that train a network, with batches of 128 (64 where a step is long)."""
    batch = "128" if network in ("digits", "perceptron") else "64"
    workers = {
        US: [OURS / "train", network, batch],
        "Keras, TensorFlow": python("train_keras.py", network, batch),
        "PyTorch": torch("train_torch.py", network, batch, "eager"),
        "PyTorch, channels last": torch("train_torch.py", network, batch, "channels-last"),
        "PyTorch, compiled": torch("train_torch.py", network, batch, "compiled"),
    }
    if network in ("digits", "perceptron"):
        workers["Keras, JAX"] = python("train_keras.py", network, batch)
        workers["JAX"] = python("train_jax.py", network, batch)
        workers["candle"] = [NATIVE / "worker-candle", "train", network, batch]
        workers["burn"] = [NATIVE / "worker-burn", "train", network, batch]
    if network == "perceptron":
        workers["dfdx"] = [NATIVE / "worker-dfdx", "train", network, batch]
    if network == "digits":
        workers["plain Rust loops"] = [NATIVE / "worker-naive", "train"]
    return installed(workers)


def inferrers():
    """The workers that infer."""
    return installed({
        US: [OURS / "infer"],
        f"{US}, f16": [OURS / "infer", "f16"],
        f"{US}, int8": [OURS / "infer", "int8"],
        "LiteRT": python("infer_litert.py", "f32"),
        "LiteRT, int8": python("infer_litert.py", "int8"),
        "ONNX Runtime": [NATIVE / "worker-onnxruntime"],
        "tract": [NATIVE / "worker-tract"],
        "PyTorch": torch("infer_torch.py", "eager"),
        "PyTorch, compiled": torch("infer_torch.py", "compiled"),
        "JAX": python("infer_jax.py"),
        "plain Rust loops": [NATIVE / "worker-naive", "infer"],
        "candle": [NATIVE / "worker-candle", "infer"],
        "burn": [NATIVE / "worker-burn", "infer"],
        "dfdx": [NATIVE / "worker-dfdx", "infer"],
    })


def installed(workers):
    return {name: command for name, command in workers.items() if Path(command[0]).exists()}


def environment(name, threads):
    """What is the same for all workers: the number of threads, and where files are."""
    result = os.environ | {
        "PEERS_INSTALLED": str(INSTALLED), "PEERS_THREADS": str(threads), "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "", "KERAS_BACKEND": "jax" if name == "Keras, JAX" else "tensorflow",
    }
    for library in ("OMP", "MKL", "OPENBLAS", "RAYON"):
        result[f"{library}_NUM_THREADS"] = str(threads)
    # Some systems have settings for an old OpenBLAS, which slow a new one down.
    for setting in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
        result.pop(setting, None)
    if name == "ONNX Runtime":
        library = sorted(PYTHON.glob("lib/python3*/site-packages/onnxruntime/capi/libonnxruntime.so.*"))[0]
        result["ORT_DYLIB_PATH"] = str(library)
    return result


class Worker:
    """A process that is stopped except while it works on an order."""

    def __init__(self, name, command, threads):
        cores = ",".join(map(str, range(threads)))
        self.process = subprocess.Popen(
            ["taskset", "-c", cores, *map(str, command)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True, env=environment(name, threads), start_new_session=True)

    def read(self):
        """The next answer; None if the process has ended."""
        for line in self.process.stdout:
            if line.startswith("{"):
                return json.loads(line)
        return None

    def ask(self, order):
        """The answer to an order; None if the process has ended."""
        os.killpg(self.process.pid, signal.SIGCONT)
        try:
            self.process.stdin.write(order + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            return None
        answer = self.read()
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGSTOP)
        return answer

    def end(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def start(commands, threads):
    """The workers that could be started."""
    workers = {}
    for name, command in commands.items():
        worker = Worker(name, command, threads)
        if worker.read() is None:
            print(f"{name} did not start", file=sys.stderr)
            worker.end()
        else:
            workers[name] = worker
    return workers


def machine():
    """The processor, and the versions of what is compared."""
    fields = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.split(":")[1].strip() for line in fields if line.startswith("model name")), "unknown")
    flags = next((line for line in fields if line.startswith("flags")), "")
    vectors = "AVX-512" if "avx512f" in flags else "AVX2" if "avx2" in flags else "SSE"
    return f"{os.cpu_count()} cores, {model}, {vectors}"
