"""A language model that scores the legal actions, trained on midcourse/GuiNavigation-v0."""
