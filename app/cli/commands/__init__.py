"""The commands, one file each. Whatever takes long to import is imported when the command runs."""
