"""The rules of asking for money: what is due, from whom, on which day, in which file. Pure; nothing is sent here."""
