"""The tab Language model of Train."""
