"""The yardstick: stock Rasa, and the bot that `rasa init` makes."""
