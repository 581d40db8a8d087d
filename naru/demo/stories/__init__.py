"""The told stories: people of the demo at real pages, each doing what that person would do."""
