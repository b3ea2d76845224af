#!/usr/bin/env bash
# Installs the other libraries from their registries, builds the workers, and writes the models and data that all of them
# read. Everything goes to `installed` beside this file, or where the variables of `peers.py` say.
set -euo pipefail
cd "$(dirname "$0")"

export PEERS_INSTALLED=${PEERS_INSTALLED:-$PWD/installed}
python=${PEERS_PYTHON:-$PEERS_INSTALLED/python}
torch=${PEERS_TORCH:-$PEERS_INSTALLED/torch}
ours=${PEERS_OURS:-$PEERS_INSTALLED/ours}
native=${PEERS_NATIVE:-$PEERS_INSTALLED/native}
mnist=$(realpath "${TYPEDNET_DATA:-../../examples/data}/mnist")

# PyTorch lives apart: its packages and TensorFlow's do not get on with each other.
install() {
    test -x "$1/bin/pip" || python3 -m venv "$1"
    "$1/bin/pip" install --quiet --requirement "$2"
}
install "$python" python/requirements.txt
install "$torch" python/requirements-torch.txt

# typednet as anybody builds it, for every processor; the others for this one.
cargo build --release --package worker-typednet --target-dir "$ours"
RUSTFLAGS="-C target-cpu=native" cargo build --release --workspace --exclude worker-typednet --target-dir "$native"

(cd python && "$python/bin/python" make_data.py "$mnist")
"$ours/release/export"
cd python
"$python/bin/python" make_onnx.py
CUDA_VISIBLE_DEVICES='' "$python/bin/python" make_tflite.py
