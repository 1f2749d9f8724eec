from training.card_mistakes import mistakes_of


def report(mistakes: dict, **options: str) -> dict:
    return {"options": options, "data": [{"mistakes": mistakes}]}


def test_pairs_and_slots_become_tables_with_their_counts() -> None:
    text = mistakes_of(
        [
            report(
                {
                    "intent": [{"gold": "a", "predicted": None, "rows": 3}],
                    "slots": [{"slot": "date", "gold": 10, "predicted": 8, "matched": 6}],
                }
            )
        ]
    )
    assert "| a | (none) | 3 |" in text
    assert "| date | 10 | 4 | 2 | 67 |" in text


def test_nothing_measured_and_changed_texts_have_no_section() -> None:
    assert mistakes_of([]) == ""
    assert mistakes_of([report({"intent": [{"gold": "a", "predicted": "b", "rows": 1}]}, perturb="typos")]) == ""
