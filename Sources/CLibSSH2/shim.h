#pragma once
// Nothing but headers, and functions for what Swift cannot import. Logic belongs in Sources/SSH.
#include <libssh2.h>
#include <malloc.h>

typedef void *(*mtactl_allocate)(size_t, void **);
typedef void (*mtactl_release)(void *, void **);
typedef void *(*mtactl_reallocate)(void *, size_t, void **);
typedef ssize_t (*mtactl_send)(libssh2_socket_t, const void *, size_t, int, void **);
typedef ssize_t (*mtactl_receive)(libssh2_socket_t, void *, size_t, int, void **);
typedef void (*mtactl_farewell)(LIBSSH2_SESSION *, int, const char *, int, const char *, int, void **);

// libssh2 takes callbacks of three types as one `void *`, which Swift cannot make of a function.
static inline void mtactl_session_callbacks(LIBSSH2_SESSION *session, mtactl_send send, mtactl_receive receive,
                                            mtactl_farewell farewell) {
    libssh2_session_callback_set(session, LIBSSH2_CALLBACK_SEND, (void *)send);
    libssh2_session_callback_set(session, LIBSSH2_CALLBACK_RECV, (void *)receive);
    libssh2_session_callback_set(session, LIBSSH2_CALLBACK_DISCONNECT, (void *)farewell);
}
