"""bfloat16 where the processor computes with it; elsewhere it is emulated, some fifty times slower than fp32."""

import torch


def autocast() -> torch.autocast:
    """A context (or a decorator) for forwards: mixed precision on processors with AVX-512 BF16, else plain fp32."""
    return torch.autocast("cpu", torch.bfloat16, enabled=torch.cpu._is_avx512_bf16_supported())
