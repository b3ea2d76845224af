#!/usr/bin/env bash
# How large a program is that infers with the tutorial network in TensorFlow Lite 1.15.5, or in TensorFlow Lite for
# Microcontrollers 2.2.0: the library linked statically, without symbols and without the weights, which are read from a
# file. The sources are those that two crates hold; the crates themselves are not built. Needs `make`, `g++`, and the
# models that `setup.sh` writes.
set -euo pipefail
cd "$(dirname "$0")"
here=$PWD
installed=$(realpath "${PEERS_INSTALLED:-../installed}")
models=$installed/models
mkdir -p "$installed/static"
cd "$installed/static"

# Puts the sources that a crate holds beside: NAME VERSION. Each from a crate of its own: the two do not go into one.
sources() {
    mkdir -p "crate-$1"
    cat >"crate-$1/Cargo.toml" <<TOML
[package]
name = "sources"
edition = "2024"
[lib]
path = "/dev/null"
[dependencies]
$1 = "=$2"
[workspace]
TOML
    cargo vendor --quiet --manifest-path "crate-$1/Cargo.toml" "crate-$1/vendor" >/dev/null
    rm -rf "$1"
    cp -r "crate-$1/vendor/$1/submodules" "$1"
}
sources tflite 0.9.8
sources tfmicro 0.1.0
mv tflite/downloads tflite/tensorflow/tensorflow/lite/tools/make/

# For size: the linker can leave out what nobody calls, and nothing unwinds, as in typednet's program.
options=(-Os -flto=auto -ffunction-sections -fdata-sections -fno-exceptions -fno-rtti -DNDEBUG -w
    -DGEMMLOWP_ALLOW_SLOW_SCALAR_FALLBACK)

# Links a program, compares what it infers with typednet's output, and tells its size: NAME ARGUMENT... of the compiler.
program() {
    local name=$1
    shift
    g++ -std=c++11 "${options[@]}" -I. "$@" -Wl,--gc-sections -s -pthread -ldl -o program
    ./program "$models/digits.tflite" <"$models/digits.input" >output
    paste <(od -An -v -w4 -f output) <(od -An -v -w4 -f "$models/digits.output") |
        awk '($1 - $2) ^ 2 <= 1e-4 ^ 2 { same++ } END { exit same != 10 }'
    echo "$name: $(stat -c %s program) bytes"
}

g++ -Os -s -x c++ -o nothing - <<<'int main() {}'
echo "nothing: $(stat -c %s nothing) bytes"

# By its own makefile, whose `-O3` the options overrule.
cd tflite/tensorflow
tools=tensorflow/lite/tools/make
make -j "${JOBS:-$(nproc)}" -f $tools/Makefile lib AR=gcc-ar TARGET=linux TARGET_ARCH=x86_64 BUILD_WITH_NNAPI=false \
    EXTRA_CXXFLAGS="${options[*]}" >make.log 2>&1
lite=("$here/lite.cc" $tools/gen/linux_x86_64/lib/libtensorflow-lite.a -I$tools/downloads/flatbuffers/include)

# With the C++ library in the program, as Rust's is in typednet's, and with the system's.
inside=(-static-libstdc++ -static-libgcc)
program "TensorFlow Lite, five operations" "${lite[@]}" "${inside[@]}"
program "TensorFlow Lite, every operation" "${lite[@]}" "${inside[@]}" -DEVERY_OPERATION
program "TensorFlow Lite, five operations, the system's C++ library" "${lite[@]}"
program "TensorFlow Lite, every operation, the system's C++ library" "${lite[@]}" -DEVERY_OPERATION

# The crate holds no makefile of this one.
cd ../../tfmicro/tensorflow
tools=tensorflow/lite/micro/tools/make/downloads
micro=("$here/micro.cc" -DTF_LITE_STATIC_MEMORY
    -I$tools -I$tools/gemmlowp -I$tools/flatbuffers/include -I$tools/ruy)
for source in tensorflow/lite/{micro,micro/kernels,micro/memory_planner,core/api}/*.cc tensorflow/lite/c/common.c \
    tensorflow/lite/kernels/{kernel_util,internal/quantization_util}.cc; do
    case $source in *test*) ;; *) micro+=("$source") ;; esac
done

# Of the C++ library this one uses nothing.
program "TensorFlow Lite for Microcontrollers, five operations" "${micro[@]}"
program "TensorFlow Lite for Microcontrollers, every operation" "${micro[@]}" -DEVERY_OPERATION
