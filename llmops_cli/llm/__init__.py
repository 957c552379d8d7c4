"""Language models and what they are reached by: the transport, tries and their pace, providers."""
