"""Tagged sentences of our own: (word, BIO tag)."""

from random import Random

Word = tuple[str, str]


def tagged(marked: str) -> list[Word]:
    """ "meet [anna:person] at [nine thirty:time]" as words and tags."""
    words: list[Word] = []
    slot, opened = "", False
    for chunk in marked.replace("[", "[ ").replace(":", " :").split():
        if chunk == "[":
            slot, opened = "?", True
        elif chunk.startswith(":"):
            slot = chunk.strip(":]")
            words = [(w, t.replace("?", slot)) for w, t in words]
            slot = ""
        else:
            words.append((chunk, "O" if not slot else f"{'B' if opened else 'I'}-{slot}"))
            opened = False
    return words


SENTENCES = [
    tagged("wake me at [nine thirty a. m.:time] [every friday:date]"),
    tagged("set the lamp to [fifty five percent:amount]"),
    tagged("what happened on [may twenty first:date] [nineteen ninety:date]"),
    tagged("call [doctor smith:person] [mobile:kind]"),
    tagged("[seven p. m.:time]"),
    tagged("is it warm"),
    tagged("book a table for [two:people] at [twelve fifteen pm:time] in [the old mill:place]"),
    tagged("remind [anna:person] [anna's brother:person] of the [third:date] payment"),
]

AWKWARD = [*"aZ9é.,?!'\"’“”()[]{}<>@#&%°-_/\\|~\u00a0\u200b\u200d\u2009\u3000\ufe0f\t\n ﬁＡ①😀👍🏽\u0301\x00\x07"]


def awkward(rng: Random) -> str:
    """Any characters in any order."""
    return "".join(rng.choice(AWKWARD) for _ in range(rng.randrange(30)))
