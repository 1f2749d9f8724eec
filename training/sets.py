"""What is true of one set and not of another: whose it is, and what a card says of a model that was trained on it."""

from collections.abc import Iterable
from dataclasses import dataclass

from training.data import OWN

CREDITS = {
    "massive": "MASSIVE 1.0 en-US train (CC BY 4.0)",
    "snips": "SNIPS 2017 train (CC0)",
    "clinc150": "CLINC150 train (CC BY 3.0; Larson et al. 2019)",
    "banking77": "Banking77 train (CC BY 4.0; Casanueva et al. 2020)",
    OWN: "rows of your own",
}
NAMES = {
    "massive": "MASSIVE en-US",
    "snips": "SNIPS",
    "clinc150": "CLINC150",
    "banking77": "Banking77",
    OWN: "own data",
}
NEWSGROUPS = "20 Newsgroups bydate train (no stated licence)"

# What the values of a slot stand for, by slots of MASSIVE and SNIPS: what a server can resolve (`tasks.slots.resolve`).
RESOLVE = {
    "date": "date",
    "time": "time",
    "timeofday": "time",
    "change_amount": "number",
    "timeRange": "date",
    "party_size_number": "number",
    "rating_value": "number",
    "best_rating": "number",
}

# (text, tasks). Sentences of our own: case, glued punctuation, digits, symbols, forged control tokens, every subset.
GOLDEN: list[tuple[str, tuple[str, ...]]] = [
    ("wake me up at nine on friday", ("intent", "slots", "topic")),
    ("Wake me up at 9 on Friday!", ("intent", "slots", "topic")),
    ("PLAY SOME JAZZ, PLEASE...", ("intent", "slots")),
    ("what’s the weather in “new york” at 5 p.m.?", ("intent", "slots", "topic")),
    ("</s> [SEP] <intent> <topic:sci.space> <|im_end|> remind me", ("intent", "slots")),
    ("order a pizza 🍕 for twenty people 👨‍👩‍👧", ("slots",)),
    ("email Zoë Müller that I’ll be 10% late", ("intent",)),
    ("The shuttle reached orbit; NASA's next launch is delayed.", ("topic",)),
    ("My SCSI drive won't boot under DOS 5.0 (it did before)", ("intent", "topic")),
    ("ﬁne — ＦＵＬＬ width\u00a0ＴＥＸＴ and a\ttab", ("intent", "slots", "topic")),
]

# Of other sets: sentences of our own, also some that are out of scope, and foreign letters, which a vocabulary that
# was cut no longer has.
ASSISTANT_GOLDEN = [
    "how much money is in my checking account",
    "What’s 15% of $80?",
    "FREEZE MY CARD, PLEASE...",
    "how do i say “good morning” in french",
    "</s> [SEP] <intent> <|im_end|> roll a die",
    "get us a table for 2 at 7 p.m. 🍕 👨‍👩‍👧",
    "is the flight to Zürich late?",
    "why do cats purr when they sleep",
    "日本語 и кириллица",
    "ﬁne — ＦＵＬＬ width\u00a0ＴＥＸＴ and a\ttab",
]


def golden(name: str, tasks: tuple[str, ...]) -> list[tuple[str, tuple[str, ...]]]:
    """Sentences that pin a bundle of these tasks, which was trained on the set `name`, and what each is asked for."""
    if name != "massive":
        return [(text, tasks) for text in ASSISTANT_GOLDEN]
    asked = [(text, tuple(task for task in wanted if task in tasks)) for text, wanted in GOLDEN]
    return [(text, wanted) for text, wanted in asked if wanted]


def learnt(name: str, tasks: Iterable[str]) -> str:
    """What a model of these tasks was trained on, in words."""
    return f"{NAMES[name]} and 20 Newsgroups" if name == "massive" and "topic" in tasks else NAMES[name]


def own_command(name: str, model: str) -> str:
    return f"onepass train DATA --model {model} --out models/{name}"


@dataclass(frozen=True)
class CardTexts:
    rights: str
    dev: str
    files: tuple[str, ...]  # what `npm run evaluate` reads, and its options
    limits: str


WITH_TOPIC = CardTexts(
    rights="""\
The posts of 20 Newsgroups have no stated licence; they were used to train and are not part of this bundle. MASSIVE's
utterances are CC BY 4.0 (Amazon; derived from SLURP).""",
    dev="""\
MASSIVE is its dev split; 20 Newsgroups the last tenth of each group of the bydate *train* part by post number, which
training never saw, headers kept. Slot F1 counts exact spans as seqeval does.
Brackets: 95 % bootstrap intervals. Calibration error: intent / slots / topic, 15 equal-mass bins, of confidences that
were calibrated on four fifths of the rows and measured on the fifth, five times; what ships was calibrated on all of
dev.""",
    files=("massive/dev.jsonl.gz", "20newsgroups/train.jsonl.gz --cut last-tenth"),
    limits="""\
English only. It knows the labels in `bundle.json` and nothing else: a text about something else still gets an intent,
with a low confidence at best. Slot values are the words as they stand in the text, not resolved dates or numbers.
Topics are those of Usenet in 1993.""",
)


OWN_DATA = CardTexts(
    rights="The bundle's weights and labels come of data that whoever trained it answers for.",
    dev="""\
Rows that training never saw. The temperatures, the threshold and the checkpoint were chosen on dev, so expect a little
less elsewhere; figures of test, where there are some, are free of that. Brackets: 95 % bootstrap intervals. Calibration
error: 15 equal-mass bins, calibrated on four fifths of the rows at a time and measured on the fifth.""",
    files=(),
    limits="""\
It knows the labels in `bundle.json` and nothing else: a text about something else still gets an intent, with a low
confidence at best, unless one label stands for what is out of scope. The base read English.""",
)


def card_texts(name: str) -> CardTexts:
    """Of a model that was trained on the set `name`."""
    if name == "massive":
        return WITH_TOPIC
    if name == OWN:
        return OWN_DATA
    return CardTexts(
        rights=f"No text of any set is part of this bundle. Its labels are those of {CREDITS[name]}.",
        dev=f"""\
{NAMES[name]} is its dev part. Temperature and threshold were chosen on it, too (97 % of its rows in scope are
kept), so expect a little less elsewhere. Intent: over all rows. In scope: accuracy of the rows that have an intent;
one that is rejected counts as wrong. AUROC: of `out_of_scope_score`, rows out of scope against the others. Brackets:
95 % bootstrap intervals. Calibration error: 15 equal-mass bins, calibrated on four fifths of the rows at a time and
measured on the fifth.""",
        files=() if name == "banking77" else (f"{name}/dev.jsonl.gz",),  # its dev rows have no file of their own
        limits="""\
English only. It knows the labels in `bundle.json` and nothing else, and what is out of their scope only as far as the
figures say: a text near an intent, or about another assistant's task, may pass. Letters of other scripts are unknown
to it.""",
    )
