"""A plain baseline: letter n-grams with logistic regression. Run in the engine's environment."""

from __future__ import annotations

import json
import sys

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline


def main() -> None:
    """Read {"lessons": [[text, label]], "texts": [...]}, print the labels as one JSON list."""
    asked = json.load(sys.stdin)
    texts, labels = zip(*asked["lessons"], strict=True)
    model = make_pipeline(
        TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 4), sublinear_tf=True, min_df=2),
        LogisticRegression(C=10, max_iter=2000, class_weight="balanced"),
    )
    model.fit(texts, labels)
    sys.stdout.write(json.dumps([str(one) for one in model.predict(asked["texts"])]) + "\n")


if __name__ == "__main__":
    main()
