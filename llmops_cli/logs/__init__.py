"""From any log to events (`ingest`, `formats/`), from events to conversations (`assemble`)."""
