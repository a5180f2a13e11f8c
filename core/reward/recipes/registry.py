"""The recipes that exist, by name."""

from core.domain.errors import BadInput
from core.reward.recipes.base import Recipe
from core.reward.recipes.concat import ConcatRecipe
from core.reward.recipes.pair import PairRecipe
from core.reward.recipes.transformer import TransformerRecipe

PAIR: Recipe = PairRecipe()
CONCAT: Recipe = ConcatRecipe()
TRANSFORMER: Recipe = TransformerRecipe()
RECIPES: dict[str, Recipe] = {recipe.name: recipe for recipe in (PAIR, TRANSFORMER, CONCAT)}


def recipe_named(name: str) -> Recipe:
    """The recipe called ``name``.

    Raises:
        BadInput: there is none; the sentence lists those that exist.
    """
    if name not in RECIPES:
        raise BadInput(f"There is no method {name!r}; choose one of: {', '.join(RECIPES)}.")
    return RECIPES[name]
