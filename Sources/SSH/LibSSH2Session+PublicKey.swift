internal import CLibSSH2
internal import Glibc

/// Where libssh2 leaves what it wants signed, and finds the signature when it asks again.
///
/// libssh2's callback is synchronous, but may answer `LIBSSH2_ERROR_EAGAIN` and is then called again with the same bytes (libssh2
/// 1.10.0, `_libssh2_userauth_publickey`; its own agent code does so). So an agent is asked over NIO, and nothing blocks.
@safe final class SigningRequest {
    fileprivate(set) var message: [UInt8]?
    /// The signature, or that there will be none; `nil` until that is known.
    var answer: [UInt8]??
}

extension LibSSH2Session {
    /// Logs in with a public key.
    ///
    /// Whenever it returns `LIBSSH2_ERROR_EAGAIN` and the signingRequest has a message, that is to be signed.
    func logIn(as user: String, publicKey: [UInt8], signing signingRequest: SigningRequest) -> Int32 {
        let publicKey = LibSSH2.isModern ? publicKey : Self.namedAfterItsAlgorithm(publicKey)
        var abstract: UnsafeMutableRawPointer? = unsafe Unmanaged.passUnretained(signingRequest).toOpaque()
        return unsafe libssh2_userauth_publickey(handle, user, publicKey, publicKey.count, sign, &abstract)
    }
}

extension LibSSH2Session {
    /// Renames an RSA key to `rsa-sha2-512`.
    ///
    /// libssh2 before 1.11 takes the name of the signature algorithm from the key, which for RSA means SHA-1, and no server since
    /// OpenSSH 8.8 takes that. OpenSSH's server knows a key by any name of its algorithms (OpenSSH 9.2, sshkey.c,
    /// `sshkey_type_from_name`), so there a key of this name works; another server refuses it as it would have refused SHA-1.
    fileprivate static func namedAfterItsAlgorithm(_ publicKey: [UInt8]) -> [UInt8] {
        var fields = Fields(publicKey)
        guard fields.text() == "ssh-rsa" else { return publicKey }
        var renamed: [UInt8] = []
        renamed.append(field: "rsa-sha2-512".utf8)
        return renamed + fields.rest
    }
}

private let sign:
    @convention(c) (
        OpaquePointer?, UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?, UnsafeMutablePointer<Int>?,
        UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<UnsafeMutableRawPointer?>?
    ) -> Int32 = { _, signature, count, message, messageCount, abstract in
        guard let pointer = unsafe abstract?.pointee else { return -1 }
        let signingRequest = unsafe Unmanaged<SigningRequest>.fromOpaque(pointer).takeUnretainedValue()
        guard let decision = signingRequest.answer else {
            signingRequest.message = unsafe Array(UnsafeBufferPointer(start: message, count: messageCount))
            return LIBSSH2_ERROR_EAGAIN
        }
        guard let answer = decision else { return -1 }
        // libssh2 frees it with the allocator of the session, which is the C library's.
        guard let copy = unsafe malloc(max(answer.count, 1)) else { return LIBSSH2_ERROR_ALLOC }
        unsafe answer.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            unsafe copy.copyMemory(from: start, byteCount: bytes.count)
        }
        unsafe signature?.pointee = unsafe copy.assumingMemoryBound(to: UInt8.self)
        unsafe count?.pointee = answer.count
        return 0
    }
