"""The authorization server of IUA: ITI-71, ITI-102, ITI-103."""
