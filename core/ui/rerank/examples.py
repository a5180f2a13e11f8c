"""Examples to start from: questions with a good answer that is not entered first."""

EXAMPLE_PROMPT = "I burned my hand on a hot oven tray. The skin is red and hurts. What should I do?"
EXAMPLE = (
    "Burns are always unpleasant, and everybody has had one at some time. Kitchens are dangerous places, so it is "
    "worth thinking about safety in general. In the end you will have to see how it goes.",
    "Put butter or toothpaste on it at once and wrap it tightly, so that the heat stays out.",
    "Cool the burn under cool running water for about 20 minutes, take off rings, and cover it loosely with cling "
    "film. See a doctor if it blisters, or if it is larger than the palm of your hand.",
)

EXAMPLES = (
    (EXAMPLE_PROMPT, EXAMPLE),
    (
        "My phone froze and does not react to anything. What can I do?",
        (
            "Phones are complicated. Many things can be wrong with them, and every phone is different.",
            "Hold the power button for about ten seconds to force a restart. If that does not help, charge it for half "
            "an hour and try again; after it starts, install the updates that are waiting.",
            "Our premium plan has excellent support! Upgrade today and never worry again.",
            "Throw it away and buy a new one.",
        ),
    ),
    (
        "How do I turn a list of numbers into one text with commas in Python?",
        (
            "Write a loop that adds every number and a comma to a string, and cut the last comma off in the end.",
            'You can use `join`:\n\n```python\n", ".join(str(number) for number in numbers)\n```\n\n`join` needs '
            "texts, so each number is turned into one first.",
            "Use `numbers.toString()`.",
        ),
    ),
)
"""Prompt and answers each."""
