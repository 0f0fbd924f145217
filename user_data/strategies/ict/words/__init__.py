"""Everything that the bot says to its trader: a language is one file, a kind of message one module.

A text is lines of "label: value", never empty, at most `formatting.LIMIT_CHARACTERS` long; what is not
known is said in words. Marks that Discord and Telegram would read as formatting carry a backslash: Telegram
refuses a text with a lone underscore.
"""
