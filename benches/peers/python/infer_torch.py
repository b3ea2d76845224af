"""Infers with PyTorch by orders, batch normalization folded. usage: infer_torch.py eager|compiled"""

import sys

import torch

import as_torch
import worker
from networks import NETWORKS, WORKLOADS

torch.set_num_threads(worker.THREADS)
torch.set_grad_enabled(False)


def workload(name):
    network, batch = WORKLOADS[name]
    model = as_torch.model(network, training=False)
    if sys.argv[1] == "compiled":
        model = torch.compile(model, dynamic=False)
    inputs = torch.from_numpy(worker.sample(name, (batch, *NETWORKS[network].shape)))
    if inputs.dim() == 4:
        inputs = inputs.permute(0, 3, 1, 2).contiguous()
    return lambda: model(inputs), lambda: model(inputs)


worker.serve_inference(workload)
