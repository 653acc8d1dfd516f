"""The pages where people work all day: thin, each declares its permission and records what it showed."""
