"""Trains a small autoencoder of digits in PyTorch and exports it: how ``encoder.onnx`` and ``decoder.onnx`` came about.

Run it with ``pip install torch onnx onnxscript scikit-learn``; zpoints itself needs no PyTorch. The digits come with
scikit-learn (1,797 of 8×8 pixels, drawn by hand), here at 16×16, grey, in [0, 1], channels first.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
from sklearn.datasets import load_digits
from torch import nn

HERE = Path(__file__).parent
LATENT = 8


def main() -> None:
    """Train, say how well, export."""
    torch.manual_seed(0)
    images = torch.from_numpy(np.kron(load_digits().images / 16, np.ones((2, 2))).astype(np.float32))[:, None]
    encoder = nn.Sequential(
        nn.Conv2d(1, 16, 4, 2, 1), nn.ReLU(), nn.Conv2d(16, 32, 4, 2, 1), nn.ReLU(),
        nn.Flatten(), nn.Linear(32 * 4 * 4, LATENT),
    )  # fmt: skip
    decoder = nn.Sequential(
        nn.Linear(LATENT, 32 * 4 * 4), nn.ReLU(), nn.Unflatten(1, (32, 4, 4)),
        nn.ConvTranspose2d(32, 16, 4, 2, 1), nn.ReLU(), nn.ConvTranspose2d(16, 1, 4, 2, 1), nn.Sigmoid(),
    )  # fmt: skip
    optimiser = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], 2e-3)
    for _ in range(60):
        for block in torch.randperm(len(images)).split(64):
            optimiser.zero_grad()
            nn.functional.mse_loss(decoder(encoder(images[block])), images[block]).backward()
            optimiser.step()
    encoder.eval(), decoder.eval()
    with torch.no_grad():
        print(f"mean squared error {nn.functional.mse_loss(decoder(encoder(images)), images):.5f}")
    for name, network, example in (("encoder", encoder, images[:2]), ("decoder", decoder, torch.zeros(2, LATENT))):
        batch = {0: torch.export.Dim("batch")}
        path = HERE / f"{name}.onnx"
        torch.onnx.export(network, (example,), path, dynamo=True, dynamic_shapes=(batch,), external_data=False)
        forget_origin(path)


def forget_origin(path: Path) -> None:
    """Remove what the exporter notes of the machine: stack traces with the paths of files."""
    model = onnx.load(path)
    graph = model.graph
    for part in (model, graph, *graph.node, *graph.input, *graph.output, *graph.value_info, *graph.initializer):
        part.doc_string = ""
        if hasattr(part, "metadata_props"):
            del part.metadata_props[:]
    onnx.save(model, path)


if __name__ == "__main__":
    main()
