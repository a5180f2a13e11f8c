"""A question with three answers, of which the helpful one is entered last."""

EXAMPLE_PROMPT = "I burned my hand on a hot oven tray. The skin is red and hurts. What should I do?"
EXAMPLE = (
    "Burns are always unpleasant, and everybody has had one at some time. Kitchens are dangerous places, so it is "
    "worth thinking about safety in general. In the end you will have to see how it goes.",
    "Put butter or toothpaste on it at once and wrap it tightly, so that the heat stays out.",
    "Cool the burn under cool running water for about 20 minutes, take off rings, and cover it loosely with cling "
    "film. See a doctor if it blisters, or if it is larger than the palm of your hand.",
)
