"""Makes training utterances look like what people type.

MASSIVE is lower case, without digits or punctuation. Case is removed by the prompt's normalisation; the rest is taught
here. A word is (surface, BIO tag); glued punctuation stays outside the word when the text is cut again.
"""

from collections import defaultdict
from collections.abc import Iterable
from random import Random

Word = tuple[str, str]

UNITS = dict(
    zip(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split(),
        range(20),
        strict=True,
    )
)
TENS = {word: 10 * (i + 2) for i, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split())}
ORDINALS = dict(
    zip(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
        "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split(),
        range(1, 21),
        strict=True,
    )
) | {"thirtieth": 30}
EMOJI = "😀 😂 👍 🙏 🎵 ☀️ ⏰ 🍕 ❤️ 🚕".split()
END_MARKS = [".", "?", "!", ".", "?", "...", "!!"]
ALPHABET = "abcdefghijklmnopqrstuvwxyz"


def ordinal(number: int) -> str:
    suffix = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"


def same_span(left: Word, right: Word) -> bool:
    """Whether two neighbours may become one word: both outside, or the right one continues the left one's span."""
    return left[1] == right[1] == "O" or (right[1].startswith("I-") and right[1][2:] == left[1][2:])


def digits(words: list[Word], rng: Random) -> list[Word]:
    """Spelled-out numbers as digits: "twenty five" → "25", "nine thirty p. m." → "9:30 pm", "fifty percent" → "50%"."""
    out: list[Word] = []
    for surface, tag in words:
        previous = out[-1] if out else None
        joined = previous is not None and same_span(previous, (surface, tag))
        before = previous[0] if previous is not None and joined else ""
        number = UNITS.get(surface, TENS.get(surface))
        value = ORDINALS.get(surface)
        if number is not None and before.isdigit() and int(before) in TENS.values() and 0 < number < 10:
            out[-1] = (str(int(before) + number), out[-1][1])
        elif value is not None and before.isdigit() and int(before) in TENS.values() and value < 10:
            out[-1] = (ordinal(int(before) + value), out[-1][1])
        elif number is not None and number >= 10 and before.isdigit() and 0 < int(before) <= 12 and "time" in tag:
            out[-1] = (f"{before}:{number}", out[-1][1])
        elif number is not None:
            out.append((str(number), tag))
        elif value is not None and "date" in tag:
            out.append((ordinal(value), tag))
        elif surface == "percent" and before.isdigit():
            out[-1] = (before + "%", out[-1][1])
        elif surface in ("am", "pm") and before[-1:].isdigit() and rng.random() < 0.5:
            out[-1] = (before + surface, out[-1][1])
        else:
            out.append((surface, tag))
    return out


def join_meridiem(words: list[Word], rng: Random) -> list[Word]:
    """MASSIVE writes "p. m."; people write "pm" or "p.m."."""
    out: list[Word] = []
    dotted = rng.random() < 0.4
    for surface, tag in words:
        if (
            surface in ("m.", "m")
            and out
            and out[-1][0] in ("a.", "p.", "a", "p")
            and same_span(out[-1], (surface, tag))
        ):
            half = out[-1][0][0]
            out[-1] = (f"{half}.m." if dotted else f"{half}m", out[-1][1])
        else:
            out.append((surface, tag))
    return out


def typo(word: str, rng: Random) -> str:
    i = rng.randrange(len(word) - 1)
    swapped = word[:i] + word[i + 1] + word[i] + word[i + 2 :]
    dropped = word[:i] + word[i + 1 :]
    doubled = word[:i] + word[i] + word[i:]
    other = word[:i] + rng.choice(ALPHABET) + word[i + 1 :]
    return rng.choice([swapped, dropped, doubled, other])


def punctuate(words: list[Word], rng: Random) -> str:
    surfaces = [surface for surface, _ in words]
    for i in range(len(surfaces) - 1):
        if rng.random() < 0.04:
            surfaces[i] += ","
    if rng.random() < 0.7 and not surfaces[-1].endswith("."):
        surfaces[-1] += rng.choice(END_MARKS)
    if rng.random() < 0.1:
        surfaces.append(rng.choice(EMOJI))
    if rng.random() < 0.03 and len(surfaces) > 2:
        i = rng.randrange(len(surfaces))
        surfaces[i] = f'"{surfaces[i]}"'
    return " ".join(surfaces)


Values = dict[str, list[list[str]]]  # by slot: the values that the training rows have, word by word


def swap_values(words: list[Word], values: Values, share: float, rng: Random) -> list[Word]:
    """Gives a `share` of the spans another value of their slot: "wake me at nine" → "wake me at half past six"."""
    out: list[Word] = []
    swapped = False
    for surface, tag in words:
        prefix, _, slot = tag.partition("-")
        if prefix == "B":
            swapped = rng.random() < share
            if swapped:
                value = rng.choice(values[slot])
                out += [(word, f"{'I' if i else 'B'}-{slot}") for i, word in enumerate(value)]
        elif prefix == "O":
            swapped = False
        if not swapped:
            out.append((surface, tag))
    return out


def augment(words: list[Word], rng: Random) -> tuple[str, list[Word]]:
    """A text and its words as a person might type it; half of the texts stay as they are."""
    if rng.random() < 0.3:
        words = join_meridiem(words, rng)
    if rng.random() < 0.3:
        words = digits(words, rng)
    if rng.random() < 0.3:
        words = [(typo(s, rng) if len(s) > 3 and rng.random() < 0.15 else s, tag) for s, tag in words]
    text = punctuate(words, rng) if rng.random() < 0.4 else " ".join(surface for surface, _ in words)
    return text, words


Contexts = dict[tuple[str, str], list[str]]  # by the words before and after: the words that training rows have between


def contexts_of(rows: Iterable[list[str]]) -> Contexts:
    found: Contexts = defaultdict(list)
    for words in rows:
        for before, word, after in zip(["", *words], words, [*words[1:], ""], strict=False):
            found[before, after].append(word)
    return found


def replace_words(words: list[Word], contexts: Contexts, share: float, rng: Random) -> list[Word]:
    """Gives a `share` of the words another that stands between the same neighbours: "wake me at" → "see me at".

    What the text means may change with it, so its labels are for a teacher to say (TinyBERT, Jiao et al. 2020, arXiv
    1909.10351, does so with the words of a masked language model).
    """
    surfaces = [surface for surface, _ in words]
    between = zip(["", *surfaces], [*surfaces[1:], ""], strict=False)
    return [
        (rng.choice(contexts.get(context, [surface])) if rng.random() < share else surface, tag)
        for (surface, tag), context in zip(words, between, strict=True)
    ]
