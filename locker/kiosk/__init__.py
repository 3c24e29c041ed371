"""The screen and its sounds: shows what the cabinet says, and hands on what is pressed. It decides nothing."""
