internal import Dispatch
internal import Glibc
internal import NIOCore
internal import NIOPosix

/// The addresses of a name, looked up before connecting so that names of one server are known as such.
struct ServerAddresses: Sendable {
    fileprivate var v4: [SocketAddress] = []
    fileprivate var v6: [SocketAddress] = []

    /// Looks a target's name up; what is an address already is not looked up.
    static func of(_ target: SSHTarget, on loop: any EventLoop) async throws(SSHError) -> ServerAddresses {
        let (host, port, limit) = (target.address, target.port, target.deadlines.connect)
        // What is not an address is a name.
        if let address = try? SocketAddress(ipAddress: host, port: port) {
            return try ServerAddresses([address]).limited(to: target)
        }
        let answer = loop.makePromise(of: [SocketAddress].self)
        let alarm = loop.scheduleTask(in: TimeAmount(limit)) {
            answer.fail(ChannelError.connectTimeout(TimeAmount(limit)))
        }
        // getaddrinfo blocks.
        DispatchQueue.global().async {
            answer.completeWith(Result { try Self.lookUp(host, port) })
        }
        defer { alarm.cancel() }
        let found: [SocketAddress]
        do {
            found = try await answer.futureResult.get()
        } catch {
            throw .notConnected(to: host, port: port, within: limit, error)
        }
        return try ServerAddresses(found).limited(to: target)
    }

    /// Those that may be tried: of the kind that is asked for, or that goes with the address to connect from.
    private func limited(to target: SSHTarget) throws(SSHError) -> ServerAddresses {
        // What is not an address is refused where it is bound to.
        let own = target.bindAddress.flatMap { try? SocketAddress(ipAddress: $0, port: 0) }
        let family: SSHAddressFamily =
            switch own {
            case .v4: .ipv4
            case .v6: .ipv6
            default: target.addressFamily
            }
        if family == .any || v4.isEmpty && v6.isEmpty { return self }
        let limited = ServerAddresses(family == .ipv4 ? v4 : v6)
        guard !(limited.v4 + limited.v6).isEmpty else { throw .noAddressOfFamily(target.address, family) }
        return limited
    }

    private init(_ addresses: [SocketAddress]) {
        for address in addresses {
            if case .v6 = address { v6.append(address) } else { v4.append(address) }
        }
    }

    private static func lookUp(_ host: String, _ port: Int) throws -> [SocketAddress] {
        var hint = unsafe addrinfo()
        unsafe hint.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(host, String(port), &hint, &first) == 0 else { return [] }
        defer { unsafe freeaddrinfo(first) }
        var found: [SocketAddress] = []
        var next = unsafe first
        while let info = unsafe next?.pointee {
            if let address = unsafe UnsafeRawPointer(info.ai_addr) {
                switch unsafe info.ai_family {
                case AF_INET:
                    found.append(SocketAddress(unsafe address.loadUnaligned(as: sockaddr_in.self), host: host))
                case AF_INET6:
                    found.append(SocketAddress(unsafe address.loadUnaligned(as: sockaddr_in6.self), host: host))
                default: break
                }
            }
            unsafe next = unsafe info.ai_next
        }
        return found
    }

    /// Names of the same server have the same.
    var place: String { (v4 + v6).map { "\($0.ipAddress ?? ""):\($0.port ?? 0)" }.min() ?? "" }

    func resolver(on loop: any EventLoop) -> some Resolver & Sendable { Known(addresses: self, loop: loop) }

    /// Answers with what is known already.
    private struct Known: Resolver, Sendable {
        let addresses: ServerAddresses
        let loop: any EventLoop

        func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
            loop.makeSucceededFuture(addresses.v4)
        }

        func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
            loop.makeSucceededFuture(addresses.v6)
        }

        func cancelQueries() {}
    }
}

extension SSHError {
    fileprivate static func noAddressOfFamily(_ host: String, _ family: SSHAddressFamily) -> SSHError {
        SSHError(
            .unreachable,
            attempt: "find \(host)",
            problem: "\(host): no \(family == .ipv4 ? "IPv4" : "IPv6") address found for this name",
            hint: "AddressFamily or BindAddress asks for one"
        )
    }
}
