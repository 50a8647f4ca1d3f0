"""Reading text: tokens, homophones, pinyin, traditional characters, numerals, and the parts of a message."""
