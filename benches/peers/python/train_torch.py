"""Trains a network with PyTorch by orders. usage: train_torch.py NETWORK BATCH eager|channels-last|compiled"""

import sys

import torch
from torch import nn

import as_torch
import worker
from networks import NETWORKS

network, batch, mode = sys.argv[1], int(sys.argv[2]), sys.argv[3]
torch.set_num_threads(worker.THREADS)
torch.manual_seed(1)
layout = torch.channels_last if mode == "channels-last" else torch.contiguous_format
model = as_torch.model(network, training=True).to(memory_format=layout)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, eps=1e-7, fused=mode != "eager")
entropy = nn.CrossEntropyLoss()


def data(part):
    images, labels = worker.images(network, part)
    images = torch.from_numpy(images.reshape(-1, *NETWORKS[network].shape).transpose(0, 3, 1, 2).copy())
    return images, torch.from_numpy(labels).long()


def pixels(images):
    return images.float().mul_(1 / 255).contiguous(memory_format=layout)


def loss_of(inputs, labels):
    return entropy(model(inputs), labels)


if mode == "compiled":
    loss_of = torch.compile(loss_of, dynamic=False)
images, labels = data("train")


def train(count):
    total = 0
    rows = torch.randperm(min(count, len(images)))
    for step in rows.split(batch):
        loss = loss_of(pixels(images[step]), labels[step])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.detach() * len(step)
    return total / len(rows)


def test():
    test_images, test_labels = data("test")
    model.eval()
    with torch.no_grad():
        answers = torch.cat([model(pixels(part)).argmax(1) for part in test_images.split(500)])
    model.train()
    return (answers == test_labels).float().mean()


worker.serve_training(train, test)
