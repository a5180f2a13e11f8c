"""The recipe ``transformer``: top layers of a language model, tuned on the ratings, beside what ``pair`` knows."""
