"""The library: ready-made automations, looked at and put in force with one click."""
