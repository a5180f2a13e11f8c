"""What every page stands in: navigation, who may enter, errors, texts, and the cookies of a browser."""
