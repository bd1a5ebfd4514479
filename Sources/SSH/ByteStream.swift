package import NIOCore

/// The byte stream under a session: a TCP connection, a channel of another session (a jump host), or memory (tests).
///
/// Everything happens on one event loop, that of the session, and nothing blocks.
package protocol ByteStream: AnyObject, Sendable {
    /// Says who is told what comes. Called once, before anything else.
    ///
    /// Nothing is delivered before the first `read`, unless the stream has ended already: then all that came is, at once.
    func start(_ receiver: any ByteStreamReceiver)
    /// Asks for the next bytes. They come by `received`, once for each call or more often.
    func read()
    /// Takes all of these bytes, at once and without blocking.
    func send(_ bytes: ByteBuffer)
    /// False while so much waits to be sent that the caller should wait for `becameWritable`.
    var isWritable: Bool { get }
    /// Sends what was taken, then ends the stream. No call to the receiver follows.
    func close()
}

/// The one to whom a transport brings what comes.
package protocol ByteStreamReceiver: AnyObject, Sendable {
    func received(_ bytes: ByteBuffer)
    func becameWritable()
    /// The other side closed the stream, or it broke.
    ///
    /// - Parameter reason: What broke it, in the system's words; `nil` for an orderly end.
    func ended(_ reason: String?)
}
