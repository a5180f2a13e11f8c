"""How far a judge, such as a language model that scores answers, can be trusted beside the experts."""
