"""What a careful user does to an export before it is served: fused nodes, 8-bit weights."""

import logging
from pathlib import Path

import onnx
from onnx import TensorProto
from onnxruntime.quantization import quantize_dynamic
from onnxruntime.transformers.optimizer import optimize_model

from training.shapes.graph import Shape


def fuse(model: onnx.ModelProto, shape: Shape, target: Path) -> None:
    """Attention, GELU and the layer norms behind residuals as one node each, by ONNX Runtime's own optimiser."""
    fused = optimize_model(model, "bert", num_heads=shape.heads, hidden_size=shape.hidden, opt_level=0)
    found = fused.get_fused_operator_statistics()
    wanted = {"Attention": shape.layers, "BiasGelu": shape.layers, "SkipLayerNormalization": 2 * shape.layers}
    if any(found[kind] != count for kind, count in wanted.items()):
        raise RuntimeError(f"the optimiser did not know the graph again: {found}")
    fused.save_model_to_file(str(target))


def quantize(source: Path, target: Path) -> None:
    """Dynamic int8 as `quantize_dynamic` and Optimum's command do it by default.

    Signed 8-bit weights with one scale a matrix, the embeddings too; activations are scaled while it runs. One scale a
    channel (`per_channel`) took as long here.
    """
    logging.getLogger().setLevel(logging.ERROR)  # it advises a pre-processing that `fuse` has done
    # The type that the fused nodes answer, which shape inference can't know.
    quantize_dynamic(source, target, extra_options={"DefaultTensorType": TensorProto.FLOAT})
