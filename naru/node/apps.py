from django.apps import AppConfig


class NodeConfig(AppConfig):
    """The node itself: it keeps one mark saying what its data folder is."""

    name = "naru.node"
    label = "node"
