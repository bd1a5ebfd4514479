#pragma once
// Nothing but headers, and functions for what Swift cannot import. Logic belongs in Sources/SSH.
#include <libssh2.h>
