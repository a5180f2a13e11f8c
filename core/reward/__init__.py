"""The reward model: from texts to vectors, features, a fitted model and honest numbers about it.

Data is passed in and results are returned; nothing here knows the database or the dashboard. torch and scikit-learn are
imported only where a vector is computed or a model is fitted, so ranking with a stored model stays light.
"""
