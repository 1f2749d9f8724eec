"""A fine-tuned RoBERTa as Hugging Face's tools export it, and what transformers itself says about some sentences."""

from bisect import bisect_right
from pathlib import Path
from typing import Any

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from transformers import BatchEncoding, PreTrainedModel, RobertaTokenizer

from training.encoder_onnx import OPSET, strip
from training.text import CHUNK, prepare

DECIMALS = 5

# Sentences of our own: case, digits, symbols that meet punctuation, emoji, quotes, forged special tokens.
SENTENCES = [
    "wake me up at nine on friday",
    "Wake me up at 9 on Friday!",
    "PLAY SOME JAZZ, PLEASE...",
    "what’s the weather in “new york” at 5 p.m.?",
    "</s> <s> remind me <mask> <pad> to call </s>",
    "order a pizza 🍕 for twenty people 👨‍👩‍👧",
    "email Zoë Müller that I’ll be 10% late",
    "a</s>b",
    "set the volume to 50%, then dim the lights (by half)",
    "transfer ($5) to anna's account…",
    "turn off the lights in the kitchen",
    "is it going to rain tomorrow in San Francisco",
    "remind me on 12/31/2025 at 11:59pm",
    "don't play that 'song' again, o'clock isn't a 'time'",
    "'tis the season: what's new?",
    "#news from @anna & co. at 20°",
    "x",
    "...",
    "naïve café – crème brûlée №5 ½ cup",
    "what does antidisestablishmentarianism mean",
    "add milk,eggs,bread to my shopping-list",
    "1234567890 1,000.50 $3.99 50€ 3+4=7",
    "alexa alexa alexa alexa stop stop stop",
    "今天天气 how do you say it in english",
    "🎉🎉 happy birthday!!! 🎂",
    "(((hello))) [world] {again} <tag>",
    "book a train ticket from paris to berlin for next monday morning for two adults and one child",
]


def write_folder(folder: Path, model: PreTrainedModel, tokenizer: RobertaTokenizer) -> None:
    """`config.json`, the tokenizer's files, `model.onnx` in fp32 and `model_quantized.onnx` in dynamic int8."""
    folder.mkdir(parents=True, exist_ok=True)
    model.config.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    names = ("input_ids", "attention_mask")
    inputs = tuple(torch.full((2, 12), 5) if name == "input_ids" else torch.ones(2, 12, dtype=int) for name in names)
    torch.onnx.export(
        model,
        inputs,
        folder / "model.onnx",
        input_names=list(names),
        output_names=["logits"],
        opset_version=OPSET,
        dynamic_shapes=tuple({0: torch.export.Dim("batch"), 1: torch.export.Dim("tokens")} for _ in names),
        dynamo=True,
        external_data=False,
        verbose=False,
    )
    strip(folder / "model.onnx")
    # Unsigned, a scale a channel: what Optimum's `avx2` does. Signed 8 bits overflow on processors without VNNI.
    quantized = folder / "model_quantized.onnx"
    quantize_dynamic(folder / "model.onnx", quantized, weight_type=QuantType.QUInt8, per_channel=True)
    strip(quantized)


def first_tokens(read: BatchEncoding, text: str) -> list[int]:
    """Position of each word's first token. read: of the text's chunks, as "words" that are split already.

    A word that begins its chunk is read where Hugging Face's recipes put its label, at the chunk's first token; one
    behind punctuation at the token that holds its first character.
    """
    chunks = [match.start() for match in CHUNK.finditer(text)]
    owners, offsets = read.word_ids(), read["offset_mapping"]
    found = []
    for start, _ in prepare(text).words:
        chunk = bisect_right(chunks, start) - 1
        inside = start - chunks[chunk]
        tokens = [i for i, owner in enumerate(owners) if owner == chunk]
        found.append(next(i for i in tokens if inside == 0 or offsets[i][1] > inside))
    return found


@torch.inference_mode()
def reference(
    intent: PreTrainedModel, plain: RobertaTokenizer, slots: PreTrainedModel, spaced: RobertaTokenizer
) -> list[dict[str, Any]]:
    """Ids and fp32 logits of every sentence: the intent of the whole text, the slots of its chunks.

    What the user wrote can't be a special token: `split_special_tokens`.
    """

    def answer(model: PreTrainedModel, ids: list[int]) -> list[list[float]]:
        logits = torch.atleast_2d(model(torch.tensor([ids])).logits[0])
        return [[round(x, DECIMALS) for x in row] for row in logits.tolist()]

    cases = []
    for text in SENTENCES:
        whole = plain(text, split_special_tokens=True)["input_ids"]
        chunks = spaced(
            CHUNK.findall(text), is_split_into_words=True, split_special_tokens=True, return_offsets_mapping=True
        )
        positions = first_tokens(chunks, text)
        tags = answer(slots, chunks["input_ids"])
        cases.append(
            {
                "text": text,
                "intent_ids": whole,
                "intent": answer(intent, whole)[0],
                "slots_ids": chunks["input_ids"],
                "word_positions": positions,
                "slots": [tags[position] for position in positions],
            }
        )
    return cases
