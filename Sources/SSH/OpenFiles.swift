internal import Glibc

/// How many files this process may have open at once; a connection is one too.
///
/// Source: getrlimit(2), RLIMIT_NOFILE.
package enum OpenFiles {
    /// The limit, raised to what is wanted as far as the process may do that by itself.
    package static func limit(wanting wanted: Int) -> Int {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard unsafe getrlimit(resource, &limit) == 0 else { return .max }
        if limit.rlim_cur < wanted {
            let soft = limit.rlim_cur
            limit.rlim_cur = min(limit.rlim_max, rlim_t(wanted))
            if unsafe setrlimit(resource, &limit) != 0 { limit.rlim_cur = soft }
        }
        return Int(clamping: limit.rlim_cur)
    }
}
