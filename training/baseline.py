"""The bar for the topic: TF-IDF and a linear SVM on the same cut of 20 Newsgroups, whole posts.

python -m training.baseline --data ../shared/data
"""

import argparse
from pathlib import Path

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from training.data import newsgroups, without_headers


def accuracy(data: Path, headers: bool) -> float:
    """Fraction of the dev posts whose topic is right."""
    texts, topics = {}, {}
    for split in ("train", "dev"):
        rows = newsgroups(data, split)
        texts[split] = [row["text"] if headers else without_headers(row["text"]) for row in rows]
        topics[split] = [row["topic"] for row in rows]
    model = make_pipeline(TfidfVectorizer(sublinear_tf=True), LinearSVC(C=1.0))
    return float(model.fit(texts["train"], topics["train"]).score(texts["dev"], topics["dev"]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    data = parser.parse_args().data
    for headers in (True, False):
        print(f"{'with' if headers else 'without'} headers: {100 * accuracy(data, headers):.1f}")


if __name__ == "__main__":
    main()
