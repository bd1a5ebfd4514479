#include <stdio.h>

/// Prints at once: what follows may be the end of the process.
static inline void fuzz_complain(const char *text) { fputs(text, stderr); }
